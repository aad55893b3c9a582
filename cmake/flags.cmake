# Compiler flags of all our targets, carried by one INTERFACE target instead of global variables.
option(CMEKSCAN_WERROR "Treat compiler warnings as errors" OFF)
option(CMEKSCAN_SANITIZE "Build with AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
option(CMEKSCAN_FUZZ "Build the fuzz targets for libFuzzer (clang only)" OFF)

add_library(cmek_flags INTERFACE)
target_compile_features(cmek_flags INTERFACE c_std_17)
target_compile_definitions(cmek_flags INTERFACE _POSIX_C_SOURCE=200809L _DEFAULT_SOURCE)
target_compile_options(cmek_flags INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes
    -Wmissing-prototypes -Wold-style-definition -Wredundant-decls -Wnested-externs -Wwrite-strings
    -Wcast-qual -Wpointer-arith -Wformat=2 -Wundef -Wvla -Wimplicit-fallthrough -Wswitch-enum
    -Wdouble-promotion -fvisibility=hidden -ffile-prefix-map=${PROJECT_SOURCE_DIR}/=)
# Compiling src/cli with CMEK_ALLOW_GETENV lets it read the environment; nobody else may.
target_compile_options(cmek_flags INTERFACE -include ${PROJECT_SOURCE_DIR}/src/base/banned.h)
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
    target_compile_options(cmek_flags INTERFACE
        -Wcast-align=strict -Wformat-signedness -Wduplicated-cond -Wduplicated-branches
        -Wlogical-op -Wjump-misses-init)
endif()
if(CMEKSCAN_WERROR)
    target_compile_options(cmek_flags INTERFACE -Werror)
endif()
if(CMEKSCAN_FUZZ)
    if(NOT CMAKE_C_COMPILER_ID MATCHES "Clang")
        message(FATAL_ERROR "CMEKSCAN_FUZZ needs clang: configure with -DCMAKE_C_COMPILER=clang")
    endif()
    target_compile_options(cmek_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(CMEKSCAN_SANITIZE)
    target_compile_options(cmek_flags INTERFACE
        -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
    target_link_options(cmek_flags INTERFACE -fsanitize=address,undefined)
endif()
target_compile_options(cmek_flags INTERFACE
    $<$<CONFIG:Release>:-O2;-g;-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=2;-fstack-protector-strong;-fstack-clash-protection;-fPIE>)
target_link_options(cmek_flags INTERFACE
    $<$<CONFIG:Release>:-pie;-Wl,-z,relro,-z,now,-z,noexecstack>)

# cmek_module(NAME SOURCES… LINKS…): one folder of src/, one static library, one symbol prefix.
function(cmek_module name)
    cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
    add_library(cmek_${name} STATIC ${ARG_SOURCES})
    target_link_libraries(cmek_${name} PUBLIC cmekscan_sdk ${ARG_LINKS} PRIVATE cmek_flags)
    target_include_directories(cmek_${name} PUBLIC ${PROJECT_SOURCE_DIR}/src)
endfunction()

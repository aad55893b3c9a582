# Run by cmek_embed: FILES as the C array SYMBOL in FOLDER.
set(bytes "")
foreach(file IN LISTS FILES)
    file(READ ${file} hex HEX)
    string(APPEND bytes ${hex})
    if(NOT file STREQUAL FILES)
        string(APPEND bytes "0a")
    endif()
endforeach()
string(LENGTH "${bytes}" digits)
math(EXPR size "${digits} / 2")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
# Sixteen bytes a line, so that no tool meets a line of megabytes.
string(REPEAT "0x..," 16 line)
string(REGEX REPLACE "(${line})" "\\1\n    " bytes "${bytes}")
file(WRITE ${FOLDER}/${SYMBOL}.c
    "/* Generated. */\n#include \"embed/${SYMBOL}.h\"\n\n"
    "const size_t ${SYMBOL}_size = ${size};\n"
    "const unsigned char ${SYMBOL}[] = {\n    ${bytes}0x00,\n};\n")
file(WRITE ${FOLDER}/${SYMBOL}.h
    "/* Generated. */\n#ifndef EMBED_${SYMBOL}_H\n#define EMBED_${SYMBOL}_H\n\n#include <stddef.h>\n\n"
    "extern const unsigned char ${SYMBOL}[]; /* ends with a NUL that the size does not count */\n"
    "extern const size_t ${SYMBOL}_size;\n\n#endif\n")

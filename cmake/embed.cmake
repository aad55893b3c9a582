# cmek_embed(TARGET SYMBOL FILE…): compiles files, one after the other with a line end between, into TARGET as
#     extern const unsigned char SYMBOL[];   /* SYMBOL_size bytes, then a NUL */
#     extern const size_t SYMBOL_size;
# The header "embed/SYMBOL.h" declares both. The bytes are made at build time, so a changed file is enough.
set(CMEK_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/embed_file.cmake)

function(cmek_embed target symbol)
    set(files)
    foreach(file IN LISTS ARGN)
        get_filename_component(file ${file} ABSOLUTE)
        list(APPEND files ${file})
    endforeach()
    set(folder ${CMAKE_CURRENT_BINARY_DIR}/embed)
    add_custom_command(
        OUTPUT ${folder}/${symbol}.c ${folder}/${symbol}.h
        COMMAND ${CMAKE_COMMAND} -DSYMBOL=${symbol} -DFOLDER=${folder} "-DFILES=${files}" -P ${CMEK_EMBED_SCRIPT}
        DEPENDS ${files} ${CMEK_EMBED_SCRIPT}
        COMMENT "Embedding ${symbol}"
        VERBATIM)
    target_sources(${target} PRIVATE ${folder}/${symbol}.c ${folder}/${symbol}.h)
    target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_BINARY_DIR})
endfunction()

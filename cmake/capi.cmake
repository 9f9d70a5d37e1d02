# SPDX-License-Identifier: MIT
# The C interface seen from C: tests/capi is compiled as C11 and as C++20, with warnings that
# embedders may have switched on, and the example for a PC.
enable_language(C)
add_library(mbpf_c_warnings INTERFACE)
target_compile_options(mbpf_c_warnings INTERFACE -Wall -Wextra -Wpedantic -Wconversion
    -Wsign-conversion -Wshadow -Wcast-align -Wcast-qual -Wundef -Wvla -Wdouble-promotion -Werror
    $<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes;-Wmissing-prototypes>)
target_include_directories(mbpf_c_warnings INTERFACE "${PROJECT_SOURCE_DIR}/include")

function(mbpf_c_test name language)
    file(GLOB sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tests/capi/*.c")
    set(copies "")
    foreach(source IN LISTS sources)
        if(language STREQUAL CXX)  # A file has one language per folder: another name for it.
            cmake_path(GET source STEM stem)
            set(copy "${PROJECT_BINARY_DIR}/capi/${stem}.cpp")
            file(WRITE "${copy}.new" "#include \"${source}\"\n")
            file(COPY_FILE "${copy}.new" "${copy}" ONLY_IF_DIFFERENT)
            list(APPEND copies "${copy}")
        else()
            list(APPEND copies "${source}")
        endif()
    endforeach()
    add_executable(${name} ${copies})
    target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}/tests/capi")
    target_link_libraries(${name} PRIVATE mbpf_capi mbpf_c_warnings "${MBPF_SODIUM}")
    set_target_properties(${name} PROPERTIES C_STANDARD 11 C_STANDARD_REQUIRED ON C_EXTENSIONS OFF
        RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
    add_test(NAME ${name} COMMAND ${name})
endfunction()

file(GLOB femto_tests CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tests/femto/*.c")
add_executable(femto_c11 ${femto_tests})
target_include_directories(femto_c11 PRIVATE
    "${PROJECT_SOURCE_DIR}" "${PROJECT_SOURCE_DIR}/tests/capi")
target_link_libraries(femto_c11 PRIVATE mbpf_femto mbpf_c_warnings)
set_target_properties(femto_c11 PROPERTIES C_STANDARD 11 C_STANDARD_REQUIRED ON C_EXTENSIONS OFF
    LINKER_LANGUAGE CXX RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
add_test(NAME femto_c11 COMMAND femto_c11)

# The same test on the smallest engine.
set(smallest_sources "")
foreach(layer IN ITEMS program machine verifier interpreter femto)
    file(GLOB sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/core/mbpf/${layer}/*.cpp")
    list(APPEND smallest_sources ${sources})
endforeach()
list(FILTER smallest_sources EXCLUDE REGEX "/(elf_[a-z]+|accelerate|f12r_compile)[.]cpp$")
add_library(mbpf_smallest STATIC ${smallest_sources})
target_compile_definitions(mbpf_smallest PUBLIC MBPF_SMALLEST)
target_include_directories(mbpf_smallest PUBLIC
    "${PROJECT_SOURCE_DIR}/core" "${PROJECT_SOURCE_DIR}")
target_link_libraries(mbpf_smallest PRIVATE mbpf_warnings mbpf_core_dialect)
add_executable(femto_smallest_c11 ${femto_tests})
target_include_directories(femto_smallest_c11 PRIVATE
    "${PROJECT_SOURCE_DIR}" "${PROJECT_SOURCE_DIR}/tests/capi")
target_link_libraries(femto_smallest_c11 PRIVATE mbpf_smallest mbpf_c_warnings)
set_target_properties(femto_smallest_c11 PROPERTIES C_STANDARD 11 C_STANDARD_REQUIRED ON
    C_EXTENSIONS OFF LINKER_LANGUAGE CXX RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
add_test(NAME femto_smallest_c11 COMMAND femto_smallest_c11)

add_executable(embed_host "${PROJECT_SOURCE_DIR}/examples/embed/host.c")
target_link_libraries(embed_host PRIVATE mbpf_capi mbpf_c_warnings "${MBPF_SODIUM}")
set_target_properties(embed_host PROPERTIES C_STANDARD 11 C_STANDARD_REQUIRED ON C_EXTENSIONS OFF
    LINKER_LANGUAGE CXX RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/examples")

mbpf_c_test(capi_c11 C)
mbpf_c_test(capi_cxx20 CXX)

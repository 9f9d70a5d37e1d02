# SPDX-License-Identifier: MIT
# The C interface seen from C: tests/capi is compiled as C11 and as C++20, with warnings that
# embedders may have switched on, and the example for a PC.
enable_language(C)
add_library(mbpf_c_warnings INTERFACE)
target_compile_options(mbpf_c_warnings INTERFACE -Wall -Wextra -Wpedantic -Wconversion
    -Wsign-conversion -Wshadow -Wcast-align -Wcast-qual -Wundef -Wvla -Wdouble-promotion -Werror
    $<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes;-Wmissing-prototypes>)
target_include_directories(mbpf_c_warnings INTERFACE "${PROJECT_SOURCE_DIR}/include")

# A program in C11, strictly, in a folder of the build.
function(mbpf_c_program name folder)
    add_executable(${name} ${ARGN})
    target_link_libraries(${name} PRIVATE mbpf_c_warnings)
    set_target_properties(${name} PROPERTIES C_STANDARD 11 C_STANDARD_REQUIRED ON C_EXTENSIONS OFF
        LINKER_LANGUAGE CXX RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/${folder}")
endfunction()

function(mbpf_c_test name sources)
    mbpf_c_program(${name} tests ${sources})
    target_include_directories(${name} PRIVATE
        "${PROJECT_SOURCE_DIR}" "${PROJECT_SOURCE_DIR}/tests/capi")
    target_link_libraries(${name} PRIVATE ${ARGN})
    add_test(NAME ${name} COMMAND ${name})
endfunction()

file(GLOB c_tests CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tests/capi/*.c")
mbpf_c_test(capi_c11 "${c_tests}" mbpf_capi "${MBPF_SODIUM}")
set(copies "")
foreach(source IN LISTS c_tests)  # A file has one language per folder: another name for it.
    cmake_path(GET source STEM stem)
    set(copy "${PROJECT_BINARY_DIR}/capi/${stem}.cpp")
    file(CONFIGURE OUTPUT "${copy}" CONTENT "#include \"${source}\"\n" @ONLY)
    list(APPEND copies "${copy}")
endforeach()
mbpf_c_test(capi_cxx20 "${copies}" mbpf_capi "${MBPF_SODIUM}")

# The same test on both engines.
include(cmake/smallest.cmake)
mbpf_add_smallest("${PROJECT_SOURCE_DIR}")
target_include_directories(mbpf_smallest PUBLIC
    "${PROJECT_SOURCE_DIR}/core" "${PROJECT_SOURCE_DIR}")
target_link_libraries(mbpf_smallest PRIVATE mbpf_warnings mbpf_core_dialect)
file(GLOB femto_tests CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tests/femto/*.c")
mbpf_c_test(femto_c11 "${femto_tests}" mbpf_femto)
mbpf_c_test(femto_smallest_c11 "${femto_tests}" mbpf_smallest)

# The part of RIOT's glue that needs nothing of RIOT.
mbpf_c_test(riot_request_c11
    "${PROJECT_SOURCE_DIR}/tests/riot/request.c;${PROJECT_SOURCE_DIR}/riot/microbpf/request.c")
target_include_directories(riot_request_c11 PRIVATE "${PROJECT_SOURCE_DIR}/riot/microbpf/include")

mbpf_c_program(embed_host examples "${PROJECT_SOURCE_DIR}/examples/embed/host.c")
target_link_libraries(embed_host PRIVATE mbpf_capi "${MBPF_SODIUM}")

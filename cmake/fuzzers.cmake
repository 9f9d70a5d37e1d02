# SPDX-License-Identifier: MIT
# tests/fuzz/fuzz_<name>.cpp is one libFuzzer executable; its seeds are tests/fuzz/corpus/<name>.
# As a test it runs for MBPF_FUZZ_SECONDS; what it learns goes to the build folder.
set(MBPF_FUZZ_SECONDS 10 CACHE STRING "How long each fuzzer runs as a test")

file(GLOB layout_sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/toolkit/layout/*.cpp"
    "${PROJECT_SOURCE_DIR}/toolkit/source/btf*.cpp"
    "${PROJECT_SOURCE_DIR}/toolkit/isa/helper_calls.cpp")
if(layout_sources)
    add_library(mbpf_layout STATIC ${layout_sources})
    target_link_libraries(mbpf_layout PUBLIC mbpf_runner PRIVATE mbpf_hosted_warnings)
endif()

file(GLOB fuzzers CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tests/fuzz/fuzz_*.cpp")
foreach(file IN LISTS fuzzers)
    cmake_path(GET file STEM name)
    string(REPLACE "fuzz_" "" subject "${name}")
    add_executable(${name} "${file}")
    target_link_libraries(${name} PRIVATE mbpf_runner mbpf_femto
        $<TARGET_NAME_IF_EXISTS:mbpf_layout>
        $<TARGET_NAME_IF_EXISTS:mbpf_test_support> mbpf_hosted_warnings)
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)

    set(learned "${PROJECT_BINARY_DIR}/corpus/${subject}")
    file(MAKE_DIRECTORY "${learned}" "${PROJECT_BINARY_DIR}/findings")
    set(seeds "${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/${subject}")
    if(NOT EXISTS "${seeds}")
        set(seeds "")
    endif()
    add_test(NAME fuzz.${subject} COMMAND ${name} -max_total_time=${MBPF_FUZZ_SECONDS} -timeout=10
        -rss_limit_mb=2048 -print_final_stats=1
        -artifact_prefix=${PROJECT_BINARY_DIR}/findings/${subject}- ${learned} ${seeds})
endforeach()

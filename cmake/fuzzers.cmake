# SPDX-License-Identifier: MIT
# tests/fuzz/fuzz_<name>.cpp is one libFuzzer executable; its seeds are tests/fuzz/corpus/<name>.
# As a test it runs for MBPF_FUZZ_SECONDS; what it learns goes to the build folder.
set(MBPF_FUZZ_SECONDS 10 CACHE STRING "How long each fuzzer runs as a test")

file(GLOB fuzzers CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tests/fuzz/fuzz_*.cpp")
foreach(file IN LISTS fuzzers)
    cmake_path(GET file STEM name)
    string(REPLACE "fuzz_" "" subject "${name}")
    add_executable(${name} "${file}")
    target_link_libraries(${name} PRIVATE mbpf_toolkit mbpf_femto mbpf_test_support
        mbpf_hosted_warnings)
    set_target_properties(${name} PROPERTIES
        RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/fuzzers")
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
    set_tests_properties(fuzz.${subject} PROPERTIES LABELS fuzzer)
endforeach()

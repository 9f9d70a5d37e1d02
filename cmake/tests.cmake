# SPDX-License-Identifier: MIT
# Every folder of tests/ that holds *_test.cpp is one GoogleTest executable, and every *_test.py is
# one test; each GoogleTest case counts by itself. tests/compile_fail holds what must not compile.
find_package(Python3 3.9 REQUIRED COMPONENTS Interpreter)
find_package(GTest QUIET)
if(NOT GTest_FOUND)
    message(STATUS "No GoogleTest (Debian: libgtest-dev): the tests are left out")
    return()
endif()
find_program(MBPF_CLANG NAMES clang-19 clang-18 clang-17 clang-16 clang-15 clang-14 clang
    DOC "clang with the bpf target, for tests that compile programs")
if(NOT MBPF_CLANG)
    set(MBPF_CLANG "")
endif()

set(MBPF_TEST_ENVIRONMENT
    "MBPF_TOOL=${MBPF_TOOL_DIRECTORY}/mbpf"
    "MBPF_CLANG=${MBPF_CLANG}"
    "MBPF_FIRMWARE=${MBPF_FIRMWARE}"
    "MBPF_COAP_SERVER=${PROJECT_BINARY_DIR}/tests/coap_server"
    "MBPF_WRITE_ENVELOPES=${PROJECT_BINARY_DIR}/tests/write_envelopes"
    "MBPF_RUN_BATCH=${PROJECT_BINARY_DIR}/tests/run_batch"
    "MBPF_EMBED_HOST=${PROJECT_BINARY_DIR}/examples/embed_host"
    "MBPF_SOURCE_DIR=${PROJECT_SOURCE_DIR}")

# Compiling takes most of the time of all tests: what they share is read once.
add_library(mbpf_test_headers OBJECT EXCLUDE_FROM_ALL tests/headers.cpp)
target_link_libraries(mbpf_test_headers PUBLIC mbpf_toolkit mbpf_test_support GTest::gtest_main
    PRIVATE mbpf_hosted_warnings mbpf_fast_to_compile)
set(MBPF_LONG_TESTS test_unit_storage)  # Their own speed matters more.
target_precompile_headers(mbpf_test_headers PRIVATE <gtest/gtest.h> <functional> <optional> <span>
    <string> <vector>)

function(mbpf_test_folder folder)
    file(RELATIVE_PATH name "${PROJECT_SOURCE_DIR}/tests" "${folder}")
    string(REPLACE "/" "_" name "test_${name}")
    file(GLOB sources CONFIGURE_DEPENDS "${folder}/*_test.cpp")
    if(sources)
        file(GLOB support CONFIGURE_DEPENDS "${folder}/support/*.cpp")
        add_executable(${name} ${sources} ${support})
        target_link_libraries(${name} PRIVATE
            mbpf_toolkit mbpf_test_support GTest::gtest_main mbpf_hosted_warnings)
        if(NOT name IN_LIST MBPF_LONG_TESTS)
            target_link_libraries(${name} PRIVATE mbpf_fast_to_compile)
            target_precompile_headers(${name} REUSE_FROM mbpf_test_headers)
        endif()
        set_target_properties(${name} PROPERTIES
            RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
        gtest_discover_tests(${name} TEST_PREFIX "${name}." DISCOVERY_MODE PRE_TEST
            WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}" TEST_LIST ${name}_cases
            PROPERTIES TIMEOUT 120)
        # gtest_discover_tests cannot pass a list of variables: this does, once the cases are known.
        file(WRITE "${PROJECT_BINARY_DIR}/${name}_environment.cmake"
            "foreach(case IN LISTS ${name}_cases)\n"
            "    set_tests_properties(\${case} PROPERTIES\n"
            "        ENVIRONMENT \"${MBPF_TEST_ENVIRONMENT}\")\n"
            "endforeach()\n")
        set_property(DIRECTORY APPEND PROPERTY
            TEST_INCLUDE_FILES "${PROJECT_BINARY_DIR}/${name}_environment.cmake")
    endif()
endfunction()

# A script that exits with 0 if all is well, 77 if something it needs is not there.
function(mbpf_script_test name script)
    add_test(NAME ${name} COMMAND Python3::Interpreter "${script}" ${ARGN}
        WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
    set_tests_properties(${name} PROPERTIES TIMEOUT 300 SKIP_RETURN_CODE 77
        ENVIRONMENT "${MBPF_TEST_ENVIRONMENT}")
endfunction()

file(GLOB_RECURSE test_files CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tests/*_test.cpp")
set(test_folders "")
foreach(file IN LISTS test_files)
    cmake_path(GET file PARENT_PATH folder)
    list(APPEND test_folders "${folder}")
endforeach()
list(REMOVE_DUPLICATES test_folders)
if(TARGET mbpf_toolkit)
    foreach(folder IN LISTS test_folders)
        mbpf_test_folder("${folder}")
    endforeach()
endif()

# Programs that the scripts below start.
function(mbpf_test_program name source)
    add_executable(${name} ${source})
    target_link_libraries(${name} PRIVATE mbpf_test_support mbpf_hosted_warnings)
    set_target_properties(${name} PROPERTIES
        RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
endfunction()
mbpf_test_program(coap_server tests/coap/server_main.cpp)
mbpf_test_program(write_envelopes tests/suit/write_envelopes.cpp)
mbpf_test_program(run_batch tests/firmware/run_batch.cpp)

file(GLOB_RECURSE script_files CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tests/*_test.py")
foreach(file IN LISTS script_files)
    cmake_path(RELATIVE_PATH file BASE_DIRECTORY "${PROJECT_SOURCE_DIR}/tests" OUTPUT_VARIABLE name)
    string(REGEX REPLACE "_test\\.py$" "" name "${name}")
    string(REPLACE "/" "." name "${name}")
    mbpf_script_test(${name} "${file}")
endforeach()

# What does not depend on the compiler or its options need not run in every build: host_only.
# The plugin is one process for each vector, slow with sanitizers: vectors.batch is there for them.
set_tests_properties(femto.board riot.glue evaluation.guard vectors.vectors embedding.subproject
    PROPERTIES LABELS host_only)
foreach(check IN ITEMS layers style format symbols flash)
    mbpf_script_test(check.${check} "${PROJECT_SOURCE_DIR}/scripts/check_${check}.py")
    set_tests_properties(check.${check} PROPERTIES LABELS host_only)
endforeach()
# The guard of the benchmarks, which is also the check that the evaluation's documents are true.
mbpf_script_test(check.evaluation "${PROJECT_SOURCE_DIR}/evaluation/evaluate.py" --check)
set_tests_properties(check.evaluation PROPERTIES LABELS host_only)
file(GLOB compile_fail CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tests/compile_fail/*.cpp")
foreach(file IN LISTS compile_fail)
    cmake_path(GET file STEM name)
    mbpf_script_test(compile_fail.${name} "${PROJECT_SOURCE_DIR}/scripts/check_compile_fail.py"
        "${CMAKE_CXX_COMPILER}" "${file}")
endforeach()

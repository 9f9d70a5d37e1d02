# SPDX-License-Identifier: MIT
# The command mbpf. Everything but main() is a library, so that tests can reach it.
find_package(fmt 9 REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(CLI11 2.1 REQUIRED)
find_package(OpenSSL 3 REQUIRED COMPONENTS Crypto)
find_library(MBPF_CAPSTONE capstone REQUIRED DOC "Capstone (Debian: libcapstone-dev)")
find_library(MBPF_COAP coap-3-notls REQUIRED DOC "libcoap without TLS (Debian: libcoap3-dev)")

file(GLOB_RECURSE toolkit_sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/toolkit/*.cpp")
list(REMOVE_ITEM toolkit_sources "${PROJECT_SOURCE_DIR}/toolkit/main.cpp")

if(toolkit_sources)
    add_library(mbpf_toolkit STATIC ${toolkit_sources})
    target_link_libraries(mbpf_toolkit
        PUBLIC mbpf_runner mbpf_device fmt::fmt nlohmann_json::nlohmann_json CLI11::CLI11
        PRIVATE OpenSSL::Crypto "${MBPF_COAP}" "${MBPF_CAPSTONE}" mbpf_hosted_warnings)
    if(MBPF_SANITIZERS)
        target_link_libraries(mbpf_toolkit PRIVATE mbpf_fast_to_compile)
    endif()
    # Most of the time goes into the headers of CLI11 and JSON. Sources share a reading of them, but
    # not with a neighbour, who may be in the same namespace.
    set_target_properties(mbpf_toolkit PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
    set(readers 0)
    foreach(source IN LISTS toolkit_sources)
        file(STRINGS "${source}" header REGEX "^#include <(CLI/CLI|nlohmann/json).hpp>")
        if(header)
            math(EXPR group "${readers} % 6")
            math(EXPR readers "${readers} + 1")
            set_source_files_properties("${source}" PROPERTIES UNITY_GROUP "readers${group}")
        endif()
    endforeach()
endif()

if(EXISTS "${PROJECT_SOURCE_DIR}/toolkit/main.cpp")
    add_executable(mbpf toolkit/main.cpp)
    target_link_libraries(mbpf PRIVATE mbpf_toolkit mbpf_hosted_warnings)
    set_target_properties(mbpf PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${MBPF_TOOL_DIRECTORY}")
    install(TARGETS mbpf)
endif()

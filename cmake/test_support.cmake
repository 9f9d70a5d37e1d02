# SPDX-License-Identifier: MIT
# What tests and fuzzers share: tests/support, without GoogleTest.
file(GLOB support_sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tests/support/*.cpp")
if(support_sources)
    add_library(mbpf_test_support STATIC ${support_sources})
    target_link_libraries(mbpf_test_support PUBLIC mbpf_runner mbpf_capi mbpf_host_crypto
        PRIVATE mbpf_hosted_warnings)
endif()

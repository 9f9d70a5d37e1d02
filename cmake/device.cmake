# SPDX-License-Identifier: MIT
# What devices share, and one that is a process: build/mbpf-device.
mbpf_layer(device device mbpf_agent)

find_library(MBPF_SODIUM sodium REQUIRED DOC "libsodium (Debian: libsodium-dev): signatures")
add_library(mbpf_host_crypto STATIC device/host/crypto.cpp)
target_link_libraries(mbpf_host_crypto PUBLIC mbpf_port "${MBPF_SODIUM}"
    PRIVATE mbpf_hosted_warnings)

add_executable(mbpf-device device/host/main.cpp device/host/flash_file.cpp)
target_link_libraries(mbpf-device PRIVATE mbpf_device mbpf_host_crypto mbpf_hosted_warnings)
set_target_properties(mbpf-device PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${MBPF_TOOL_DIRECTORY}")
install(TARGETS mbpf-device)

# SPDX-License-Identifier: MIT
# A device that is a process: build/mbpf-device.
mbpf_layer(device device mbpf_agent)
find_library(MBPF_SODIUM sodium REQUIRED DOC "libsodium (Debian: libsodium-dev): signatures")

file(GLOB device_sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/device/host/*.cpp")
add_executable(mbpf-device ${device_sources})
target_link_libraries(mbpf-device PRIVATE mbpf_device "${MBPF_SODIUM}" mbpf_hosted_warnings)
set_target_properties(mbpf-device PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${MBPF_TOOL_DIRECTORY}")
install(TARGETS mbpf-device)

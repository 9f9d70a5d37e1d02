# SPDX-License-Identifier: MIT
# The image of a device, for boards with a network: device-<board>.elf. The end of the memory for
# code is its flash.
include(third_party.cmake)

set(MBPF_FLASH_BYTES 3584K)
set(MBPF_STORE_BYTES 512K)
configure_file(sections.ld.in "${PROJECT_BINARY_DIR}/sections-device.ld" @ONLY)

file(GLOB network_sources CONFIGURE_DEPENDS network/*.cpp)
file(GLOB device_sources CONFIGURE_DEPENDS "${root}/device/*.cpp")
mbpf_image_at("${PROJECT_BINARY_DIR}/sections-device.ld" device_image
    device_main.cpp ${device_sources} self_test.cpp crypto.cpp flash_file.cpp ${network_sources}
    cortexm/mpu.cpp cortexm/tick.cpp ${board_sources})
set_target_properties(device_image PROPERTIES OUTPUT_NAME device-${MBPF_BOARD})

# The class of a board: its name as a UUID (RFC 9562, version 5) in the vendor's namespace.
string(UUID class NAMESPACE b8277cc5-c840-5ad0-9afa-9721cddce04f NAME "${MBPF_BOARD}" TYPE SHA1)
string(REPLACE "-" "" class "${class}")
string(REGEX REPLACE "(..)" "0x\\1," class "${class}")
target_compile_definitions(device_image PRIVATE "MBPF_BOARD_NAME=\"${MBPF_BOARD}\""
    "MBPF_VERSION=\"0.1.0\"" "MBPF_CLASS_ID={${class}}")
target_compile_definitions(device_image PRIVATE MBPF_NETWORK=${MBPF_NETWORK}
    MBPF_NETWORK_INTERRUPT=13 MBPF_FLASH_AT=${MBPF_FLASH_AT} MBPF_FLASH_BYTES=0x400000
    MBPF_RAM_AT=${MBPF_RAM_AT} MBPF_RAM_BYTES=0x400000)
target_link_libraries(device_image PRIVATE lwip sodium gcc)

# SPDX-License-Identifier: MIT
# The boards: which core, and where its memories are. Those named mps2-* are QEMU's.
#
# MBPF_NETWORK: where the Ethernet controller of a board is; boards that have it get a device image.
#
#   mbpf_arm_board(CPU FLASH_AT FLASH_BYTES RAM_AT RAM_BYTES)
macro(mbpf_arm_board cpu)
    set(MBPF_BOARD_FOLDER cortexm)
    set(MBPF_BOARD_FLAGS -mcpu=${cpu} -mthumb -mfloat-abi=soft)
    set(MBPF_BOARD_LINK_FLAGS "")
    set(CMAKE_C_COMPILER arm-none-eabi-gcc)
    set(CMAKE_CXX_COMPILER arm-none-eabi-g++)
    set(CMAKE_SYSTEM_PROCESSOR arm)
    mbpf_memory(${ARGN})
endmacro()

macro(mbpf_memory flash_at flash_bytes ram_at ram_bytes)
    set(MBPF_FLASH_AT ${flash_at})
    set(MBPF_FLASH_BYTES ${flash_bytes})
    set(MBPF_RAM_AT ${ram_at})
    set(MBPF_RAM_BYTES ${ram_bytes})
endmacro()

macro(mbpf_board name)
    set(CMAKE_SYSTEM_NAME Generic)
    set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
    set(fpga_timer_at 0x40028000)
    set(MBPF_NETWORK "")
    if("${name}" STREQUAL "mps2-an385")
        mbpf_arm_board(cortex-m3 0x00000000 4M 0x20000000 4M)
        set(MBPF_NETWORK 0x40200000)
    elseif("${name}" STREQUAL "mps2-an386")
        mbpf_arm_board(cortex-m4 0x00000000 4M 0x20000000 4M)
        set(MBPF_NETWORK 0x40200000)
    elseif("${name}" STREQUAL "mps2-an500")
        mbpf_arm_board(cortex-m7 0x00000000 4M 0x20000000 4M)
        set(MBPF_NETWORK 0xa0000000)
    elseif("${name}" STREQUAL "mps2-an505")  # Secure state; the aliases of its memories.
        mbpf_arm_board(cortex-m33 0x10000000 4M 0x38000000 4M)
        set(fpga_timer_at 0x50302000)
    elseif("${name}" STREQUAL "cortex-m0plus")  # No board in particular: a common size.
        mbpf_arm_board(cortex-m0plus 0x00000000 256K 0x20000000 64K)
    elseif("${name}" STREQUAL "rv32")  # No board in particular.
        set(MBPF_BOARD_FOLDER rv32)
        set(CMAKE_CXX_COMPILER riscv64-unknown-elf-g++)
        set(CMAKE_SYSTEM_PROCESSOR riscv32)
        # Debian has no libstdc++ for RISC-V without an operating system. The freestanding headers
        # of the Arm package do: they hold no code of a processor.
        execute_process(COMMAND arm-none-eabi-g++ -dumpfullversion
            OUTPUT_VARIABLE version OUTPUT_STRIP_TRAILING_WHITESPACE)
        set(headers /usr/include/newlib/c++/${version})
        set(MBPF_BOARD_FLAGS -march=rv32imac_zicsr -mabi=ilp32 -isystem${headers}
            -isystem${headers}/arm-none-eabi -isystem/usr/include/newlib)
        # GCC knows its run-time library by a name without the extension.
        set(MBPF_BOARD_LINK_FLAGS -nostdlib -march=rv32imac)
        mbpf_memory(0x20000000 1M 0x80000000 256K)
    else()
        message(FATAL_ERROR "No board is called ${name}: see boards.cmake")
    endif()
    if("${MBPF_BOARD_FOLDER}" STREQUAL cortexm)
        list(APPEND MBPF_BOARD_FLAGS -DMBPF_FPGA_TIMER=${fpga_timer_at})
    endif()
endmacro()

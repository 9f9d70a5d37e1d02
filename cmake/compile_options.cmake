# SPDX-License-Identifier: MIT
# Sets of options: mbpf_warnings for all of ours, mbpf_hosted_warnings for what runs on a PC only,
# mbpf_core_dialect for what also runs on a device.
add_library(mbpf_warnings INTERFACE)
target_compile_options(mbpf_warnings INTERFACE
    -Wall -Wextra -Wconversion -Wsign-conversion -Wshadow -Wswitch -Werror)

# GCC 12 sees overflows inside std::string where there are none (GCC bugs 105329 and 105651).
add_library(mbpf_hosted_warnings INTERFACE)
target_link_libraries(mbpf_hosted_warnings INTERFACE mbpf_warnings)
target_compile_options(mbpf_hosted_warnings INTERFACE
    $<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds;-Wno-restrict;-Wno-stringop-overflow>)

# The firmware build is the one that is -ffreestanding: here core and toolkit share the inline
# functions of one standard library, so they must see it in one configuration.
add_library(mbpf_core_dialect INTERFACE)
target_compile_options(mbpf_core_dialect INTERFACE
    -fno-exceptions -fno-rtti -fno-threadsafe-statics)

# For what is compiled to find faults, and whose own speed nobody waits for.
add_library(mbpf_fast_to_compile INTERFACE)
target_compile_options(mbpf_fast_to_compile INTERFACE -O0)

if(MBPF_SANITIZERS)
    # A finding must end the process, or a test would pass over it.
    add_compile_options(-fsanitize=${MBPF_SANITIZERS} -fno-sanitize-recover=all
        -fno-omit-frame-pointer -gline-tables-only)
    add_link_options(-fsanitize=${MBPF_SANITIZERS})
endif()

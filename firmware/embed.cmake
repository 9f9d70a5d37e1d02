# SPDX-License-Identifier: MIT
# The example of the C interface for a bare Cortex-M: C, with its own startup.
enable_language(C)
mbpf_image(embed "${root}/examples/embed/bare_metal.c")
set_target_properties(embed PROPERTIES OUTPUT_NAME embed-${MBPF_BOARD} LINKER_LANGUAGE CXX
    C_STANDARD 11 C_EXTENSIONS OFF)
target_include_directories(embed PRIVATE "${root}/include")
target_compile_options(embed PRIVATE -Wpedantic -Wstrict-prototypes)

# SPDX-License-Identifier: MIT
# Containers of Femto-Containers: what bench/femto.py measures, and tests. Each with the core as
# every image has it, and with the smallest, whose size scripts/check_flash.py looks at.
include("${root}/cmake/smallest.cmake")
mbpf_add_smallest("${root}")

# tests/femto on the board.
enable_language(C)
function(mbpf_femto_test name)
    mbpf_image(${name} "${root}/tests/femto/interface.c" "${root}/tests/femto/instructions.c"
        "${root}/tests/femto/runs.c" ${board_support})
    target_compile_definitions(${name} PRIVATE CHECK_QUIETLY)
    target_include_directories(${name} PRIVATE "${root}/include" "${root}/tests/capi")
    target_compile_options(${name} PRIVATE $<$<COMPILE_LANGUAGE:C>:-std=c11>)
    set_target_properties(${name} PROPERTIES LINKER_LANGUAGE CXX)
endfunction()

set(femto_sources "${root}/bench/firmware/femto.cpp" ${board_support})
mbpf_image(femto ${femto_sources})
target_compile_definitions(femto PRIVATE MBPF_BENCH_COMPILER=1)
mbpf_femto_test(femto-interface)
set(MBPF_IMAGE_CORE mbpf_smallest)
mbpf_image(femto-smallest ${femto_sources})
target_compile_definitions(femto-smallest PRIVATE MBPF_BENCH_COMPILER=0)
mbpf_femto_test(femto-interface-smallest)

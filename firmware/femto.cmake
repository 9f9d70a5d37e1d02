# SPDX-License-Identifier: MIT
# Containers of Femto-Containers: what bench/femto.py measures, and tests. Each with the core as
# every image has it, and with the smallest, whose size scripts/check_flash.py looks at.
set(smallest_sources "")
foreach(layer IN ITEMS program machine verifier interpreter femto)
    file(GLOB sources CONFIGURE_DEPENDS "${root}/core/mbpf/${layer}/*.cpp")
    list(APPEND smallest_sources ${sources})
endforeach()
list(FILTER smallest_sources EXCLUDE REGEX "/(elf_[a-z]+|accelerate|f12r_compile)[.]cpp$")
add_library(mbpf_smallest STATIC ${smallest_sources})
target_compile_definitions(mbpf_smallest PRIVATE MBPF_SMALLEST)

set(board_support semihosting.cpp ${MBPF_BOARD_FOLDER}/startup.cpp
    ${MBPF_BOARD_FOLDER}/semihosting_call.cpp)

# tests/femto on the board.
enable_language(C)
function(mbpf_femto_test name)
    mbpf_image(${name} "${root}/tests/femto/interface.c" "${root}/tests/femto/instructions.c"
        ${board_support})
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

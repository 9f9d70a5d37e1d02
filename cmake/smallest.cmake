# SPDX-License-Identifier: MIT
# mbpf_smallest: the engine for containers of Femto-Containers and nothing else, made of the core
# below `root` (docs/adr/0012-smallest-engine.md).
function(mbpf_add_smallest root)
    set(smallest_sources "")
    foreach(layer IN ITEMS program machine verifier interpreter femto)
        file(GLOB sources CONFIGURE_DEPENDS "${root}/core/mbpf/${layer}/*.cpp")
        list(APPEND smallest_sources ${sources})
    endforeach()
    list(FILTER smallest_sources EXCLUDE REGEX "/(elf_[a-z]+|accelerate|f12r_compile)[.]cpp$")
    add_library(mbpf_smallest STATIC ${smallest_sources})
    target_compile_definitions(mbpf_smallest PUBLIC MBPF_SMALLEST)
endfunction()

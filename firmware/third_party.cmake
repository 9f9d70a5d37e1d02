# SPDX-License-Identifier: MIT
# The libraries of a board with a network, from where scripts/fetch_sources.py put their sources: of
# lwIP, UDP over IPv4; of libsodium, the check of Ed25519 signatures and the hashes. The compiler's
# warnings about them are their authors' concern.
enable_language(C)
set(third_party "${root}/build/third_party")

function(mbpf_third_party name)
    cmake_parse_arguments(PARSE_ARGV 1 library "" "" "SOURCES;INCLUDES;DEFINITIONS;OWN")
    list(TRANSFORM library_SOURCES PREPEND "${third_party}/${name}/")
    list(TRANSFORM library_INCLUDES PREPEND "${third_party}/${name}/")
    foreach(source IN LISTS library_SOURCES)
        if(NOT EXISTS "${source}")
            message(FATAL_ERROR "${source} is not there: run scripts/fetch_sources.py")
        endif()
    endforeach()
    add_library(${name} STATIC ${library_SOURCES} ${library_OWN})
    target_include_directories(${name} SYSTEM PUBLIC ${library_INCLUDES})
    target_compile_definitions(${name} PRIVATE ${library_DEFINITIONS})
    target_compile_options(${name} PRIVATE -w -fhosted)
endfunction()

mbpf_third_party(lwip
    SOURCES src/core/def.c src/core/inet_chksum.c src/core/init.c src/core/ip.c src/core/mem.c
        src/core/memp.c src/core/netif.c src/core/pbuf.c src/core/timeouts.c src/core/udp.c
        src/core/ipv4/etharp.c src/core/ipv4/icmp.c src/core/ipv4/ip4.c src/core/ipv4/ip4_addr.c
        src/netif/ethernet.c
    INCLUDES src/include)
target_include_directories(lwip SYSTEM PUBLIC "${PROJECT_SOURCE_DIR}/network")

set(of_sodium src/libsodium)
mbpf_third_party(sodium
    SOURCES ${of_sodium}/crypto_core/ed25519/ref10/ed25519_ref10.c
        ${of_sodium}/crypto_hash/sha256/cp/hash_sha256_cp.c
        ${of_sodium}/crypto_hash/sha512/cp/hash_sha512_cp.c
        ${of_sodium}/crypto_sign/ed25519/ref10/open.c ${of_sodium}/crypto_sign/ed25519/ref10/sign.c
        ${of_sodium}/crypto_verify/sodium/verify.c
    OWN sodium/stubs.c
    INCLUDES ${of_sodium}/include/sodium ${of_sodium}/include
        ${of_sodium}/crypto_sign/ed25519/ref10
    DEFINITIONS CONFIGURED=1 NATIVE_LITTLE_ENDIAN=1 SODIUM_STATIC=1)
target_compile_definitions(sodium PUBLIC SODIUM_STATIC=1)

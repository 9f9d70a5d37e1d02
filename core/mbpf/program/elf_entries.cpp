// SPDX-License-Identifier: MIT
#include "mbpf/program/elf_entries.hpp"

namespace mbpf::program {

namespace {

// operator== takes its operands by value, which is twice as long.
bool is_same(std::string_view const& a, std::string_view const& b) {
    return a.size() == b.size() && __builtin_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

bool ElfEntries::collect_functions() {
    std::uint8_t first_rank = no_rank;
    for (Piece const& piece : pieces()) {
        if (piece.kind != Piece::Kind::Text) {
            continue;
        }
        bool const is_main = name_start(piece.section()) == four_characters(".tex");
        std::uint8_t const rank = is_main ? main_rank : named_rank;
        if (rank < first_rank) {
            first_rank = rank;
            first_text_ = &piece;
        }
        std::uint32_t const index = index_of(piece.section());
        for (elf::Symbol const& symbol : symbols()) {
            if (symbol.section == index && symbol.is_exported_function() &&
                !add(piece, symbol, rank)) {
                return false;
            }
        }
    }
    return first_text_ != nullptr || refuse(Fault::SectionMissing, std::size_t(SectionKind::Text));
}

// Whether another function starts there, or nothing does.
[[gnu::always_inline]] inline bool ElfEntries::is_empty(Piece const& piece,
                                                        elf::Symbol const& symbol) const {
    bool empty = symbol.value == piece.bytes;
    for (elf::Symbol const& other : symbols()) {
        empty = empty || (other.section == symbol.section && other.value == symbol.value &&
                          other.is_function() && other.size != 0);
    }
    return empty;
}

[[gnu::always_inline]] inline bool ElfEntries::add(Piece const& piece, elf::Symbol const& symbol,
                                                   std::uint8_t rank) {
    if (end_ == functions_ + max_functions) {
        return refuse(Fault::TooManyFunctions, max_functions + 1, max_functions);
    }
    if (symbol.size == 0 && is_empty(piece, symbol)) {
        return refuse(Fault::FunctionEmpty, std::size_t(&symbol - symbols().data()));
    }
    // Hand-written assembly has no sizes: there, what follows moves along.
    std::uint32_t const end = symbol.size == 0 ? piece.bytes : symbol.value + symbol.size;
    if (symbol.value >= end || end > piece.bytes || (symbol.value | end) % slot_bytes != 0) {
        return refuse_symbol(symbol);
    }
    *end_ = {&piece, symbol.value, end - symbol.value, symbol.name, rank};
    ++end_;
    return true;
}

void ElfEntries::note_call(Piece const& piece, std::uint32_t from) {
    for (Function* function = functions_; function != end_; ++function) {
        // A call from within the function itself does not make it someone's helper.
        bool const is_own = &piece == target_ && from - target_offset_ < function->bytes;
        if (function->piece == target_ && function->offset == target_offset_ && !is_own) {
            function->rank |= called_rank;
        }
    }
}

// A function of that name, or else the first of a section of that name; the first root if none is
// named.
[[gnu::always_inline]] inline Function* ElfEntries::find(std::string_view const& entry) const {
    Function* found = nullptr;
    std::uint8_t found_rank = called_rank;
    for (Function* function = functions_; function != end_; ++function) {
        bool is_found = function->rank < found_rank;
        if (!entry.empty()) {
            if (is_same(symbol_name(function->name), entry)) {
                return function;
            }
            is_found = found == nullptr && is_same(name(function->piece->section()), entry);
        }
        if (is_found) {
            found_rank = function->rank;
            found = function;
        }
    }
    return found;
}

Function const* ElfEntries::choose_head(std::string_view const& entry) {
    Function* head = find(entry);
    if (head == nullptr) {
        if (!entry.empty()) {
            refuse(Fault::EntryUnknown, functions().size());
            return nullptr;
        }
        // None is exported, or the symbol of what calls the others was stripped.
        head = end_;
        *head = {first_text_, 0, first_text_->bytes, no_name, head_rank};
        ++end_;
    }
    head->rank = head_rank;
    return head;
}

}  // namespace mbpf::program

// SPDX-License-Identifier: MIT
#include "mbpf/program/elf_entries.hpp"

#include "mbpf/program/image.hpp"

namespace mbpf::program {

bool ElfEntries::collect() {
    enum class Pass : std::uint8_t { NamedSections, MainSections };
    for (Pass const pass : {Pass::NamedSections, Pass::MainSections}) {
        for (Piece const& piece : pieces_) {
            auto const* const section = static_cast<elf::Section const*>(piece.source);
            if (piece.kind != Piece::Kind::Text) {
                continue;
            }
            bool const is_main = object_.name_start(*section) == four_characters(".tex");
            if (is_main != (pass == Pass::MainSections)) {
                continue;
            }
            first_text_ = first_text_ == nullptr ? &piece : first_text_;
            for (elf::Symbol const& symbol : object_.symbols()) {
                bool const is_here = object_.section(symbol.section) == section;
                if (is_here && symbol.is_exported_function() && !add(piece, symbol)) {
                    return false;
                }
            }
        }
    }
    return first_text_ != nullptr ||
           object_.refuse(Fault::SectionMissing, 0, std::size_t(SectionKind::Text));
}

bool ElfEntries::add(Piece const& piece, elf::Symbol const& symbol) {
    if (size_ == capacity) {
        return object_.refuse(Fault::TooManyFunctions, 0, capacity + 1, capacity);
    }
    // Hand-written assembly has no sizes: there, what follows moves along.
    std::uint32_t const end = symbol.size == 0 ? piece.bytes : symbol.value + symbol.size;
    if (symbol.value >= end || end > piece.bytes || (symbol.value | end) % slot_bytes != 0) {
        return object_.refuse(Fault::SymbolOutOfRange, 0,
                              std::size_t(&symbol - object_.symbols().data()));
    }
    functions_[size_] = {{&piece, symbol.value, end - symbol.value, &symbol}, root_rank};
    ++size_;
    return true;
}

void ElfEntries::note_call(Piece const* from_piece, std::uint32_t from, Piece const* to_piece,
                           std::uint32_t to) {
    for (std::uint32_t i = 0; i < size_; ++i) {
        Function& function = functions_[i];
        // A call from within the function itself does not make it someone's helper.
        bool const is_own = from_piece == to_piece && from - to < function.head.bytes;
        if (function.head.piece == to_piece && function.head.offset == to && !is_own) {
            function.rank = called_rank;
        }
    }
}

// A function of that name, or else the first of a section of that name; the first root if none is
// named.
ElfEntries::Function* ElfEntries::find(std::string_view entry) {
    Function* found = nullptr;
    for (std::uint32_t i = 0; i < size_; ++i) {
        Function& function = functions_[i];
        if (name(function) == entry) {
            return &function;
        }
        auto const* const section = static_cast<elf::Section const*>(function.head.piece->source);
        bool const is_meant = entry.empty() ? function.rank == root_rank
                                            : object_.name(*section) == entry;
        found = found == nullptr && is_meant ? &function : found;
    }
    return found;
}

bool ElfEntries::choose(LinkOptions const& options) {
    Function* chosen = find(options.entry);
    if (chosen == nullptr) {
        if (!options.entry.empty()) {
            return object_.refuse(Fault::EntryUnknown, 0, size_);
        }
        // None is exported, or the symbol of what calls the others was stripped.
        chosen = &functions_[size_];
        chosen->head = {first_text_, 0, first_text_->bytes, nullptr};
        ++size_;
    }
    chosen->rank = head_rank;
    head_ = chosen->head;
    std::uint8_t const last_rank = options.listed == Listed::Roots ? root_rank : called_rank;
    std::uint32_t kept = 0;
    for (std::uint32_t i = 0; i < size_; ++i) {
        if (functions_[i].rank <= last_rank) {
            functions_[kept] = functions_[i];
            ++kept;
        }
    }
    size_ = kept;
    return true;
}

}  // namespace mbpf::program

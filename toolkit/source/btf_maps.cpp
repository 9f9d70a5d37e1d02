// SPDX-License-Identifier: MIT
#include "toolkit/source/btf_maps.hpp"

#include <fmt/format.h>
#include <optional>

#include "toolkit/source/btf_header.hpp"

namespace mbpf::toolkit::source {

namespace {

constexpr unsigned max_depth = 32;  // Of types that refer to types.
constexpr std::uint32_t pointer_bytes = 8;
constexpr std::uint32_t no_prealloc = 1;  // Linux's BPF_F_NO_PREALLOC: a hint that costs nothing.

enum class Kind : std::uint8_t {
    Integer = 1,
    Pointer = 2,
    Array = 3,
    Struct = 4,
    Union = 5,
    Enum = 6,
    Forward = 7,
    Typedef = 8,
    Volatile = 9,
    Const = 10,
    Restrict = 11,
    Function = 12,
    Prototype = 13,
    Variable = 14,
    Section = 15,
    Float = 16,
    Tag = 17,
    TypeTag = 18,
    Enum64 = 19,
};

struct TypeRecord {
    std::uint32_t name{};
    std::uint32_t info{};
    std::uint32_t size_or_type{};

    [[nodiscard]] Kind kind() const { return Kind(info >> 24 & 0x1f); }
    [[nodiscard]] std::uint32_t count() const { return info & 0xffff; }
};
static_assert(sizeof(TypeRecord) == 12);

struct ArrayRecord {
    std::uint32_t element{};
    std::uint32_t index{};
    std::uint32_t count{};
};
struct MemberRecord {
    std::uint32_t name{};
    std::uint32_t type{};
    std::uint32_t bit_offset{};
};
struct VariableRecord {
    std::uint32_t type{};
    std::uint32_t offset{};
    std::uint32_t bytes{};
};

// Bytes that follow a record; nothing for an unknown kind.
std::optional<std::size_t> tail_bytes(TypeRecord const& type) {
    switch (type.kind()) {
        case Kind::Integer:
        case Kind::Variable:
        case Kind::Tag: return sizeof(std::uint32_t);
        case Kind::Array: return sizeof(ArrayRecord);
        case Kind::Struct:
        case Kind::Union: return type.count() * sizeof(MemberRecord);
        case Kind::Enum:
        case Kind::Prototype: return type.count() * 2 * sizeof(std::uint32_t);
        case Kind::Section: return type.count() * sizeof(VariableRecord);
        case Kind::Enum64: return type.count() * 3 * sizeof(std::uint32_t);
        case Kind::Pointer:
        case Kind::Forward:
        case Kind::Typedef:
        case Kind::Volatile:
        case Kind::Const:
        case Kind::Restrict:
        case Kind::Function:
        case Kind::Float:
        case Kind::TypeTag: return 0;
    }
    return {};
}

class Types {
public:
    explicit Types(BtfParts const& parts) : parts_{parts} {
        Bytes const types = parts.types;
        std::size_t at = 0;
        while (fits(at, sizeof(TypeRecord), types.size())) {
            std::optional<std::size_t> const tail = tail_bytes(load<TypeRecord>(types, at));
            if (!tail || !fits(at + sizeof(TypeRecord), *tail, types.size())) {
                return;
            }
            offsets_.push_back(at);
            at += sizeof(TypeRecord) + *tail;
        }
    }

    [[nodiscard]] std::vector<MapDeclaration> maps() const {
        std::vector<MapDeclaration> maps;
        for (std::uint32_t id = 1; id <= offsets_.size(); ++id) {
            TypeRecord const type = *find(id);
            if (type.kind() != Kind::Section || text(type.name) != ".maps") {
                continue;
            }
            for (std::uint32_t i = 0; i < type.count(); ++i) {
                std::uint32_t const variable = tail<VariableRecord>(id, i).type;
                std::optional<TypeRecord> const found = find(variable);
                if (found && found->kind() == Kind::Variable) {
                    maps.push_back(map_of(*found));
                }
            }
        }
        return maps;
    }

private:
    // Ids count from 1.
    [[nodiscard]] std::optional<TypeRecord> find(std::uint32_t id) const {
        if (id == 0 || id > offsets_.size()) {
            return {};
        }
        return load<TypeRecord>(parts_.types, offsets_[id - 1]);
    }
    template <class T>
    [[nodiscard]] T tail(std::uint32_t id, std::uint32_t index) const {
        return load<T>(parts_.types, offsets_[id - 1] + sizeof(TypeRecord) + index * sizeof(T));
    }
    [[nodiscard]] std::string text(std::uint32_t offset) const {
        return btf_text(parts_.strings, offset);
    }

    // Id of the type behind names and qualifiers.
    [[nodiscard]] std::uint32_t plain(std::uint32_t id) const {
        for (unsigned depth = 0; depth < max_depth; ++depth) {
            std::optional<TypeRecord> const type = find(id);
            bool const is_other =
                type && (type->kind() == Kind::Typedef || type->kind() == Kind::Volatile ||
                         type->kind() == Kind::Const || type->kind() == Kind::Restrict ||
                         type->kind() == Kind::TypeTag);
            if (!is_other) {
                return id;
            }
            id = type->size_or_type;
        }
        return 0;
    }

    [[nodiscard]] std::optional<std::uint64_t> size_of(std::uint32_t id, unsigned depth = 0) const {
        id = plain(id);
        std::optional<TypeRecord> const type = find(id);
        if (!type || depth == max_depth) {
            return {};
        }
        switch (type->kind()) {
            case Kind::Integer:
            case Kind::Struct:
            case Kind::Union:
            case Kind::Enum:
            case Kind::Float:
            case Kind::Enum64: return type->size_or_type;
            case Kind::Pointer: return pointer_bytes;
            case Kind::Array: {
                ArrayRecord const array = tail<ArrayRecord>(id, 0);
                std::optional<std::uint64_t> const element = size_of(array.element, depth + 1);
                // Elements of 2^32 bytes are no key or value, whatever their number.
                bool const is_small = element && *element <= 0xffff'ffff;
                return is_small ? std::optional{*element * array.count} : std::nullopt;
            }
            default: return {};
        }
    }

    // Of what a member points to: __type().
    [[nodiscard]] std::optional<std::uint64_t> size_behind(std::uint32_t member) const {
        std::optional<TypeRecord> const pointer = find(plain(member));
        bool const is_pointer = pointer && pointer->kind() == Kind::Pointer;
        return is_pointer ? size_of(pointer->size_or_type) : std::nullopt;
    }
    // How many elements what a member points to has: __uint().
    [[nodiscard]] std::optional<std::uint64_t> number_behind(std::uint32_t member) const {
        std::optional<TypeRecord> const pointer = find(plain(member));
        if (!pointer || pointer->kind() != Kind::Pointer) {
            return {};
        }
        std::uint32_t const id = plain(pointer->size_or_type);
        std::optional<TypeRecord> const array = find(id);
        bool const is_array = array && array->kind() == Kind::Array;
        return is_array ? std::optional<std::uint64_t>{tail<ArrayRecord>(id, 0).count}
                        : std::nullopt;
    }

    [[nodiscard]] MapDeclaration map_of(TypeRecord const& variable) const {
        MapDeclaration map{.name = text(variable.name)};
        std::uint32_t const id = plain(variable.size_or_type);
        std::optional<TypeRecord> const type = find(id);
        if (!type || type->kind() != Kind::Struct) {
            map.problem = "it is no struct of __uint() and __type()";
            return map;
        }
        for (std::uint32_t i = 0; i < type->count() && map.problem.empty(); ++i) {
            MemberRecord const member = tail<MemberRecord>(id, i);
            map.problem = take(map.record, text(member.name), member.type);
        }
        return map;
    }

    // What a member says goes to the record; the problem, if it makes no sense.
    [[nodiscard]] std::string take(program::MapRecord& record, std::string const& name,
                                   std::uint32_t type) const {
        bool const is_type = name == "key" || name == "value";
        bool const is_key = name == "key" || name == "key_size";
        std::optional<std::uint64_t> const found =
            is_type ? size_behind(type) : number_behind(type);
        if (!found) {
            return fmt::format("nothing is known of its member {}", name);
        }
        if (*found > (is_key ? 0xffff : 0xffff'ffff)) {
            return fmt::format("its {} is too large: {}", name, *found);
        }
        std::uint32_t const number = std::uint32_t(*found);
        if (is_key) {
            record.key_bytes = std::uint16_t(number);
        } else if (name == "value" || name == "value_size") {
            record.value_bytes = number;
        } else if (name == "max_entries") {
            record.max_entries = number;
        } else if (name == "type") {
            bool const is_known = number == std::uint32_t(program::MapRecord::Kind::Hash) ||
                                  number == std::uint32_t(program::MapRecord::Kind::Array) ||
                                  number == std::uint32_t(program::MapRecord::Kind::RingBuffer);
            record.kind = program::MapRecord::Kind(number);
            return is_known ? "" : fmt::format("there are no maps of type {} here", number);
        } else if (name != "map_flags" || (number & ~no_prealloc) != 0) {
            return fmt::format("its member {} has no meaning here", name);
        }
        return "";
    }

    BtfParts parts_;
    std::vector<std::size_t> offsets_;  // Of type id - 1.
};

}  // namespace

std::vector<MapDeclaration> read_btf_maps(Bytes btf) {
    std::optional<BtfParts> const parts = read_btf_parts(btf);
    return parts ? Types{*parts}.maps() : std::vector<MapDeclaration>{};
}

}  // namespace mbpf::toolkit::source

// SPDX-License-Identifier: Apache-2.0
#include "protocol/wire/text.hpp"

#include <cstdint>
#include <cstring>
#include <unordered_map>
#include <vector>

namespace slipway::wire {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using Fields = std::vector<const FieldDescriptor*>;

bool continues(unsigned char byte) {
  return (byte & 0xc0) == 0x80;
}

/// The length of the valid sequence at the front of `text`, 0 when it is none.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (!continues(byte(i))) return 0;
  }
  if (first == 0xe0 && byte(1) < 0xa0) return 0;  // overlong
  if (first == 0xed && byte(1) > 0x9f) return 0;  // surrogates
  if (first == 0xf0 && byte(1) < 0x90) return 0;  // overlong
  if (first == 0xf4 && byte(1) > 0x8f) return 0;  // above U+10FFFF
  return length;
}

/// How many bytes at the front are ASCII, eight at a time: almost all of what is sent is.
std::size_t ascii_length(std::string_view text) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080;
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, text.data() + at, 8);
    if ((eight & kHighBits) != 0) break;
  }
  return at;
}

bool is_clean(std::string_view text) {
  text.remove_prefix(ascii_length(text));
  while (!text.empty()) {
    const auto length = sequence_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

/// The fields of a type that are texts or may hold some, found once a type and thread.
const Fields& texts_of(const Descriptor* type) {
  thread_local std::unordered_map<const Descriptor*, Fields> known;
  const auto [at, is_new] = known.try_emplace(type);
  if (!is_new) return at->second;
  for (int i = 0; i < type->field_count(); ++i) {
    const auto* field = type->field(i);
    const bool text = field->type() == FieldDescriptor::TYPE_STRING;
    if (text || field->type() == FieldDescriptor::TYPE_MESSAGE) at->second.push_back(field);
  }
  return at->second;
}

void clean_field(Message& message, const FieldDescriptor* field) {
  const auto* reflection = message.GetReflection();
  const bool nested = field->type() == FieldDescriptor::TYPE_MESSAGE;
  if (!field->is_repeated()) {
    if (nested && !reflection->HasField(message, field)) return;
    if (nested) return clean_texts(*reflection->MutableMessage(&message, field));
    std::string scratch;
    const std::string& value = reflection->GetStringReference(message, field, &scratch);
    if (!is_clean(value)) reflection->SetString(&message, field, clean_text(value));
    return;
  }
  for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
    if (nested) {
      clean_texts(*reflection->MutableRepeatedMessage(&message, field, i));
      continue;
    }
    std::string scratch;
    const std::string& value = reflection->GetRepeatedStringReference(message, field, i, &scratch);
    if (!is_clean(value)) reflection->SetRepeatedString(&message, field, i, clean_text(value));
  }
}

}  // namespace

std::string head_of(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return std::string(text);
  while (limit > 0 && continues(static_cast<unsigned char>(text[limit]))) --limit;
  return std::string(text.substr(0, limit));
}

std::string clean_text(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  while (!text.empty()) {
    const auto length = sequence_length(text);
    if (length == 0) {
      clean += "\xef\xbf\xbd";
      text.remove_prefix(1);
    } else {
      clean += text.substr(0, length);
      text.remove_prefix(length);
    }
  }
  return clean;
}

void clean_texts(Message& message) {
  for (const auto* field : texts_of(message.GetDescriptor())) clean_field(message, field);
}

}  // namespace slipway::wire

// SPDX-License-Identifier: Apache-2.0
#include <sqlite3.h>

#include <stdexcept>
#include <utility>

#include "controller/store/database.hpp"

namespace slipway::store {
namespace {

void check(sqlite3* database, int code) {
  if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE) return;
  throw std::runtime_error(std::string{"database: "} + sqlite3_errmsg(database));
}

}  // namespace

Statement::Statement(sqlite3* database, sqlite3_stmt* statement)
    : database_(database), statement_(statement) {}

Statement::~Statement() {
  sqlite3_finalize(statement_);
}

Statement::Statement(Statement&& other) noexcept
    : database_(other.database_),
      statement_(std::exchange(other.statement_, nullptr)),
      next_(other.next_) {}

Statement& Statement::bind(std::string_view text) {
  // An empty view may have no address, and SQLite would read that as NULL.
  const char* start = text.data() == nullptr ? "" : text.data();
  check(database_, sqlite3_bind_text64(statement_, next_++, start, text.size(), SQLITE_TRANSIENT,
                                       SQLITE_UTF8));
  return *this;
}

Statement& Statement::bind(std::int64_t number) {
  check(database_, sqlite3_bind_int64(statement_, next_++, number));
  return *this;
}

Statement& Statement::bind(double number) {
  check(database_, sqlite3_bind_double(statement_, next_++, number));
  return *this;
}

Statement& Statement::bind_blob(std::string_view bytes) {
  const char* start = bytes.data() == nullptr ? "" : bytes.data();
  check(database_, sqlite3_bind_blob64(statement_, next_++, start, bytes.size(), SQLITE_TRANSIENT));
  return *this;
}

Statement& Statement::bind_null() {
  check(database_, sqlite3_bind_null(statement_, next_++));
  return *this;
}

bool Statement::step() {
  const int code = sqlite3_step(statement_);
  check(database_, code);
  return code == SQLITE_ROW;
}

std::string Statement::text(int column) const {
  const void* bytes = sqlite3_column_blob(statement_, column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return bytes == nullptr ? std::string{} : std::string{static_cast<const char*>(bytes), size};
}

std::int64_t Statement::number(int column) const {
  return sqlite3_column_int64(statement_, column);
}

double Statement::real(int column) const {
  return sqlite3_column_double(statement_, column);
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

}  // namespace slipway::store

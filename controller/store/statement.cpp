// SPDX-License-Identifier: Apache-2.0
#include <sqlite3.h>

#include <stdexcept>
#include <string_view>
#include <utility>

#include "controller/store/database.hpp"

namespace slipway::store {
namespace {

void check(sqlite3* database, int code) {
  if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE) return;
  throw std::runtime_error(std::string{"database: "} + sqlite3_errmsg(database));
}

constexpr std::size_t kMostIdle = 256;

/// A pragma's answer is made when it is prepared, not when it is run; but for the one
/// that others_revision() asks, which is read at each run.
bool may_be_kept(std::string_view sql) {
  return !sql.starts_with("PRAGMA") || sql == "PRAGMA data_version";
}

}  // namespace

sqlite3_stmt* IdleStatements::take(const std::string& sql) {
  const auto found = idle_.find(sql);
  if (found == idle_.end() || found->second.empty()) return nullptr;
  sqlite3_stmt* statement = found->second.back();
  found->second.pop_back();
  --count_;
  return statement;
}

void IdleStatements::give(sqlite3_stmt* statement) {
  const char* sql = sqlite3_sql(statement);
  if (closed_ || count_ >= kMostIdle || sql == nullptr || !may_be_kept(sql)) {
    sqlite3_finalize(statement);
    return;
  }
  // Otherwise it would hold a snapshot of the database, and what was bound.
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  idle_[sql].push_back(statement);
  ++count_;
}

void IdleStatements::close() {
  closed_ = true;
  for (auto& [sql, statements] : idle_) {
    for (sqlite3_stmt* statement : statements) sqlite3_finalize(statement);
  }
  idle_.clear();
}

Statement::Statement(sqlite3* database, sqlite3_stmt* statement,
                     std::shared_ptr<IdleStatements> home)
    : database_(database), statement_(statement), home_(std::move(home)) {}

Statement::~Statement() {
  if (statement_ != nullptr) home_->give(statement_);
}

Statement::Statement(Statement&& other) noexcept
    : database_(other.database_),
      statement_(std::exchange(other.statement_, nullptr)),
      home_(std::move(other.home_)),
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

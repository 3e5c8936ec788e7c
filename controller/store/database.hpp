// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <vector>

#include "protocol/base/clock.hpp"
#include "protocol/base/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace slipway::store {

/// Statements that were prepared and are not in use, by their SQL: to parse one costs several times
/// what it then does.
class IdleStatements {
 public:
  IdleStatements() = default;
  IdleStatements(const IdleStatements&) = delete;
  ~IdleStatements() { close(); }

  sqlite3_stmt* take(const std::string& sql);  ///< nullptr: there is none
  void give(sqlite3_stmt* statement);
  void close();  ///< frees them, and those that are given from now on

 private:
  std::unordered_map<std::string, std::vector<sqlite3_stmt*>> idle_;
  std::size_t count_ = 0;
  bool closed_ = false;
};

/// How long what another process wrote may stay unseen: to ask the file takes locks, and a request
/// would ask many times.
inline constexpr std::chrono::milliseconds kOthersUnseen{5};

/// A prepared statement in use: bind all, then step rows. Wrong SQL is a bug and throws.
class Statement {
 public:
  Statement(sqlite3* database, sqlite3_stmt* statement, std::shared_ptr<IdleStatements> home);
  ~Statement();
  Statement(Statement&& other) noexcept;

  Statement& bind(std::string_view text);
  Statement& bind(const char* text) { return bind(std::string_view{text}); }
  Statement& bind(std::int64_t number);
  Statement& bind(double number);
  template <class T>
    requires std::is_integral_v<T>
  Statement& bind(T number) {
    return bind(static_cast<std::int64_t>(number));
  }
  Statement& bind_blob(std::string_view bytes);
  Statement& bind_null();
  bool step();  ///< true: a row is there
  void run() {
    while (step()) {
    }
  }
  std::string text(int column) const;  ///< also blobs; empty for NULL
  std::int64_t number(int column) const;
  double real(int column) const;
  bool is_null(int column) const;

 private:
  sqlite3* database_;
  sqlite3_stmt* statement_;
  std::shared_ptr<IdleStatements> home_;  // shared with the database, which may go first
  int next_ = 1;
};

/// The controller's one SQLite file: WAL, synchronous FULL, foreign keys, busy time-out, numbered
/// migrations that are compiled in (controller/store/migrations/NNN_name.sql). Used from the io
/// thread only.
class Database {
 public:
  using Now = base::MonotonicTime (*)();
  /// Opens or makes the file (0600) and migrates. kInvalid: made by a newer version.
  static base::Result<std::unique_ptr<Database>> open(const std::filesystem::path& file,
                                                      Now now = std::chrono::steady_clock::now);
  static std::unique_ptr<Database> in_memory();
  ~Database();

  Statement prepare(std::string_view sql);
  /// Runs `work` in BEGIN IMMEDIATE … COMMIT; rolls back when it returns an error or throws.
  base::Result<> transaction(const std::function<base::Result<>()>& work);
  /// As transaction(), for what is told anew whenever it is lost (the state of a node at its next
  /// link): the disk is not waited for, at some milliseconds of the io thread each. It outlives a
  /// killed process; a loss of power takes what no transaction() has followed. Within another
  /// transaction it is part of that one.
  base::Result<> note(const std::function<base::Result<>()>& work);
  std::int64_t changes() const;  ///< rows touched by the last statement
  /// Grows with each row that is written, and with what is rolled back: what was read still stands
  /// while this is the same.
  std::int64_t revision() const;
  /// Another number when another process has written; at the latest kOthersUnseen later.
  std::int64_t others_revision();
  int schema_version() const;

 private:
  Database(sqlite3* handle, Now now);
  void migrate();
  sqlite3* handle_;
  Now now_;
  std::optional<base::MonotonicTime> others_asked_;
  std::int64_t others_revision_ = 0;
  std::int64_t rollbacks_ = 0;
  std::shared_ptr<IdleStatements> idle_ = std::make_shared<IdleStatements>();
};

}  // namespace slipway::store

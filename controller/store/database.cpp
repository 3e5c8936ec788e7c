// SPDX-License-Identifier: Apache-2.0
#include "controller/store/database.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "controller/store/migrations.hpp"

namespace slipway::store {
namespace {

constexpr int kBusyTimeoutMs = 5'000;
// KiB at most. Thousands of machines' rows are read every few seconds; with less they would come
// out of the file each time.
constexpr char kPageCache[] = "PRAGMA cache_size=-16384";

void execute(sqlite3* handle, const char* sql) {
  char* message = nullptr;
  if (sqlite3_exec(handle, sql, nullptr, nullptr, &message) == SQLITE_OK) return;
  std::string why = message == nullptr ? "unknown" : message;
  sqlite3_free(message);
  throw std::runtime_error("database: " + why);
}

/// SQLite would make the file with the umask's mode: make it ourselves, readable by nobody else.
base::Result<> make_private(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    return base::fail(base::ErrorCode::kUnavailable,
                      "cannot open the database " + file.string() + ": " + std::strerror(errno));
  }
  ::fchmod(descriptor, 0600);
  ::close(descriptor);
  return {};
}

sqlite3* open_handle(const char* name) {
  sqlite3* handle = nullptr;
  // Without mutexes: it is used from one thread.
  constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const int code = sqlite3_open_v2(name, &handle, kFlags, nullptr);
  if (code != SQLITE_OK) {
    std::string why = handle == nullptr ? "out of memory" : sqlite3_errmsg(handle);
    sqlite3_close_v2(handle);
    throw std::runtime_error("database: " + why);
  }
  sqlite3_busy_timeout(handle, kBusyTimeoutMs);
  return handle;
}

int newest_known() {
  int newest = 0;
  for (const Migration& migration : migrations()) newest = std::max(newest, migration.number);
  return newest;
}

/// Ends a transaction (or a savepoint within one) however its scope is left.
class Bracket {
 public:
  Bracket(sqlite3* handle, std::int64_t& rollbacks)
      : handle_(handle), rollbacks_(rollbacks), nested_(sqlite3_get_autocommit(handle) == 0) {
    execute(handle_, nested_ ? "SAVEPOINT inner" : "BEGIN IMMEDIATE");
  }
  ~Bracket() {
    if (committed_) return;
    ++rollbacks_;
    const char* sql = nested_ ? "ROLLBACK TO inner; RELEASE inner" : "ROLLBACK";
    sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
  }
  Bracket(const Bracket&) = delete;
  void commit() {
    execute(handle_, nested_ ? "RELEASE inner" : "COMMIT");
    committed_ = true;
  }

 private:
  sqlite3* handle_;
  std::int64_t& rollbacks_;
  bool nested_;
  bool committed_ = false;
};

}  // namespace

base::Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& file, Now now) {
  if (auto made = make_private(file); !made) return base::fail(made);
  try {
    std::unique_ptr<Database> database{new Database(open_handle(file.c_str()), now)};
    execute(database->handle_, "PRAGMA journal_mode=WAL");
    execute(database->handle_, "PRAGMA synchronous=FULL");
    execute(database->handle_, kPageCache);
    if (const int found = database->schema_version(); found > newest_known()) {
      return base::fail(base::ErrorCode::kInvalid,
                        "the database " + file.string() + " was made by a newer version (schema " +
                            std::to_string(found) + ", known up to " +
                            std::to_string(newest_known()) + "): install that version again");
    }
    database->migrate();
    return database;
  } catch (const std::runtime_error& error) {
    return base::fail(base::ErrorCode::kInternal, file.string() + ": " + error.what());
  }
}

std::unique_ptr<Database> Database::in_memory() {
  std::unique_ptr<Database> database{
      new Database(open_handle(":memory:"), std::chrono::steady_clock::now)};
  database->migrate();
  return database;
}

Database::Database(sqlite3* handle, Now now) : handle_(handle), now_(now) {
  execute(handle_, "PRAGMA foreign_keys=ON");
  execute(handle_,
          "CREATE TABLE IF NOT EXISTS migrations ("
          "number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied TEXT NOT NULL)");
}

Database::~Database() {
  idle_->close();
  sqlite3_close_v2(handle_);
}

Statement Database::prepare(std::string_view sql) {
  const std::string text{sql};
  sqlite3_stmt* statement = idle_->take(text);
  if (statement == nullptr &&
      sqlite3_prepare_v3(handle_, text.c_str(), static_cast<int>(text.size()),
                         SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK) {
    throw std::logic_error(std::string{"SQL: "} + sqlite3_errmsg(handle_) + ": " + text);
  }
  return Statement{handle_, statement, idle_};
}

base::Result<> Database::transaction(const std::function<base::Result<>()>& work) {
  Bracket bracket{handle_, rollbacks_};
  if (auto done = work(); !done) return done;
  bracket.commit();
  return {};
}

base::Result<> Database::note(const std::function<base::Result<>()>& work) {
  if (sqlite3_get_autocommit(handle_) == 0) return transaction(work);
  struct Unhurried {
    sqlite3* handle;
    explicit Unhurried(sqlite3* on) : handle(on) { execute(handle, "PRAGMA synchronous=NORMAL"); }
    ~Unhurried() { sqlite3_exec(handle, "PRAGMA synchronous=FULL", nullptr, nullptr, nullptr); }
  } unhurried(handle_);
  return transaction(work);
}

std::int64_t Database::changes() const {
  return sqlite3_changes(handle_);
}

std::int64_t Database::revision() const {
  return sqlite3_total_changes64(handle_) + rollbacks_;
}

std::int64_t Database::others_revision() {
  const auto now = now_();
  if (others_asked_ && now - *others_asked_ < kOthersUnseen) return others_revision_;
  auto others = prepare("PRAGMA data_version");
  others.step();
  others_revision_ = others.number(0);
  others_asked_ = now;
  return others_revision_;
}

int Database::schema_version() const {
  auto newest = const_cast<Database*>(this)->prepare("SELECT max(number) FROM migrations");
  return newest.step() ? static_cast<int>(newest.number(0)) : 0;
}

void Database::migrate() {
  for (const Migration& migration : migrations()) {
    auto known = prepare("SELECT 1 FROM migrations WHERE number=?");
    if (known.bind(migration.number).step()) continue;
    Bracket bracket{handle_, rollbacks_};
    execute(handle_, migration.sql);
    prepare("INSERT INTO migrations VALUES (?,?,strftime('%Y-%m-%dT%H:%M:%fZ','now'))")
        .bind(migration.number)
        .bind(migration.name)
        .run();
    bracket.commit();
  }
}

}  // namespace slipway::store

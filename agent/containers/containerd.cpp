// SPDX-License-Identifier: Apache-2.0
#include "agent/containers/containerd.hpp"

#include <algorithm>
#include <csignal>
#include <map>

#include "agent/containers/process_spec.hpp"
#include "agent/containers/unary_call.hpp"
#include "github.com/containerd/containerd/api/services/containers/v1/containers.grpc.pb.h"
#include "github.com/containerd/containerd/api/services/tasks/v1/tasks.grpc.pb.h"
#include "protocol/base/log.hpp"

namespace slipway::containers {
namespace {

namespace tasks = ::containerd::services::tasks::v1;
namespace store = ::containerd::services::containers::v1;
using base::ErrorCode;
using base::Result;
using base::Task;

constexpr auto kNamespace = "k8s.io";
constexpr std::chrono::seconds kCallLimit{30};
constexpr std::chrono::seconds kUnlimited{0};
constexpr auto kProcessType = "types.containerd.io/opencontainers/runtime-spec/1/Process";
constexpr auto kPodNamespaceLabel = "io.kubernetes.pod.namespace";
constexpr auto kPodLabel = "io.kubernetes.pod.name";
constexpr auto kContainerLabel = "io.kubernetes.container.name";
constexpr auto kKindLabel = "io.cri-containerd.kind";

ErrorCode code_of(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::INVALID_ARGUMENT:
      return ErrorCode::kInvalid;
    case grpc::StatusCode::NOT_FOUND:
      return ErrorCode::kNotFound;
    case grpc::StatusCode::ALREADY_EXISTS:
    case grpc::StatusCode::FAILED_PRECONDITION:
      return ErrorCode::kConflict;
    case grpc::StatusCode::PERMISSION_DENIED:
      return ErrorCode::kDenied;
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return ErrorCode::kExhausted;
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return ErrorCode::kTimeout;
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::CANCELLED:
      return ErrorCode::kUnavailable;
    default:
      return ErrorCode::kInternal;
  }
}

/// runc says in words alone that the program is missing.
bool names_missing_program(std::string_view message) {
  return message.find("no such file or directory") != std::string_view::npos ||
         message.find("executable file not found") != std::string_view::npos;
}

std::unexpected<base::Error> failed(const grpc::Status& status) {
  return base::fail(code_of(status.error_code()), "containerd: " + status.error_message());
}

template <class Request, class Answer>
std::shared_ptr<UnaryCall<Request, Answer>> new_call(Request request, std::chrono::seconds limit) {
  auto call = std::make_shared<UnaryCall<Request, Answer>>();
  call->request = std::move(request);
  call->context.AddMetadata("containerd-namespace", kNamespace);
  if (limit != kUnlimited) {
    call->context.set_deadline(std::chrono::system_clock::now() + limit);
  }
  return call;
}

std::string filter_for(const ContainerName& name) {
  auto is = [](std::string_view label, std::string_view value) {
    return "labels.\"" + std::string(label) + "\"==\"" + std::string(value) + "\"";
  };
  auto filter = is(kPodNamespaceLabel, name.pod_namespace) + "," + is(kPodLabel, name.pod) + "," +
                is(kKindLabel, "container");
  if (!name.container.empty()) filter += "," + is(kContainerLabel, name.container);
  return filter;
}

template <class Request>
Request request_for(const ExecId& id) {
  Request request;
  request.set_container_id(id.container_id);
  request.set_exec_id(id.exec_id);
  return request;
}

bool created_before(const store::Container& a, const store::Container& b) {
  const auto& x = a.created_at();
  const auto& y = b.created_at();
  return x.seconds() != y.seconds() ? x.seconds() < y.seconds() : x.nanos() < y.nanos();
}

}  // namespace

struct Containerd::State {
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<tasks::Tasks::Stub> tasks;
  std::unique_ptr<store::Containers::Stub> containers;
  std::map<std::string, std::uint32_t> pids;  // exec id → pid on the node, while it runs

  template <class Answer, class Request, class Method>
  Task<UnaryOutcome<Answer>> task(Request request, Method method,
                                  std::chrono::seconds limit = kCallLimit) {
    auto call = new_call<Request, Answer>(std::move(request), limit);
    // A process whose start was asked for must be known, or nobody could end it.
    const auto on_cancel = limit == kUnlimited ? OnCancel::kCancelCall : OnCancel::kWait;
    return unary_call(call, on_cancel, [stub = tasks->async(), method](auto& one, auto done) {
      method(stub, &one.context, &one.request, &one.answer, std::move(done));
    });
  }
};

Containerd::Containerd(std::filesystem::path socket) : state_(std::make_unique<State>()) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kSpecLimitBytes * 4);
  // A containerd that restarts is found again within a second or two.
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2000);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  state_->channel = grpc::CreateCustomChannel("unix:" + socket.string(),
                                              grpc::InsecureChannelCredentials(), arguments);
  state_->tasks = tasks::Tasks::NewStub(state_->channel);
  state_->containers = store::Containers::NewStub(state_->channel);
}

Containerd::~Containerd() = default;

Task<Result<Container>> Containerd::find(ContainerName name) {
  if (auto valid = check(name); !valid) co_return base::fail(valid);
  store::ListContainersRequest request;
  request.add_filters(filter_for(name));
  auto call = new_call<store::ListContainersRequest, store::ListContainersResponse>(
      std::move(request), kCallLimit);
  auto listed = co_await unary_call(
      call, OnCancel::kCancelCall, [stub = state_->containers->async()](auto& one, auto done) {
        stub->List(&one.context, &one.request, &one.answer, std::move(done));
      });
  if (!listed.status.ok()) co_return failed(listed.status);
  auto* found = listed.answer.mutable_containers();
  std::sort(found->begin(), found->end(), created_before);
  // By name the newest run counts; without a name the container that started first.
  if (!name.container.empty()) std::reverse(found->begin(), found->end());
  for (const auto& container : *found) {
    tasks::GetRequest get;
    get.set_container_id(container.id());
    auto task = co_await state_->task<tasks::GetResponse>(
        std::move(get), [](auto* stub, auto... rest) { stub->Get(rest...); });
    if (task.status.error_code() == grpc::StatusCode::NOT_FOUND) continue;
    if (!task.status.ok()) co_return failed(task.status);
    if (task.answer.process().status() != ::containerd::v1::types::RUNNING) continue;
    auto process = process_of(container.spec().value());
    if (!process) co_return base::fail(process);
    const auto label = container.labels().find(kContainerLabel);
    co_return Container{container.id(), label == container.labels().end() ? "" : label->second,
                        std::move(*process)};
  }
  co_return base::fail(ErrorCode::kNotFound, "no running container " + name.pod_namespace + "/" +
                                                 name.pod + "/" + name.container + " on this node");
}

Task<Result<>> Containerd::create(ExecSpec spec) {
  tasks::ExecProcessRequest request;
  request.set_container_id(spec.id.container_id);
  request.set_exec_id(spec.id.exec_id);
  request.set_stdin(spec.stdin_path);
  request.set_stdout(spec.stdout_path);
  request.set_stderr(spec.stderr_path);
  request.set_terminal(spec.terminal);
  request.mutable_spec()->set_type_url(kProcessType);
  request.mutable_spec()->set_value(std::move(spec.process));
  auto done = co_await state_->task<google::protobuf::Empty>(
      std::move(request), [](auto* stub, auto... rest) { stub->Exec(rest...); });
  if (!done.status.ok()) co_return failed(done.status);
  co_return Result<>{};
}

Task<Result<std::uint32_t>> Containerd::start(ExecId id) {
  auto started = co_await state_->task<tasks::StartResponse>(
      request_for<tasks::StartRequest>(id), [](auto* stub, auto... rest) { stub->Start(rest...); });
  if (!started.status.ok()) {
    if (names_missing_program(started.status.error_message())) {
      co_return base::fail(ErrorCode::kNotFound, started.status.error_message());
    }
    co_return failed(started.status);
  }
  state_->pids[id.exec_id] = started.answer.pid();
  co_return started.answer.pid();
}

Task<Result<>> Containerd::resize(ExecId id, std::uint32_t columns, std::uint32_t rows) {
  auto request = request_for<tasks::ResizePtyRequest>(id);
  request.set_width(columns);
  request.set_height(rows);
  auto done = co_await state_->task<google::protobuf::Empty>(
      std::move(request), [](auto* stub, auto... rest) { stub->ResizePty(rest...); });
  if (!done.status.ok()) co_return failed(done.status);
  co_return Result<>{};
}

Task<Result<>> Containerd::close_stdin(ExecId id) {
  auto request = request_for<tasks::CloseIORequest>(id);
  request.set_stdin(true);
  auto done = co_await state_->task<google::protobuf::Empty>(
      std::move(request), [](auto* stub, auto... rest) { stub->CloseIO(rest...); });
  if (!done.status.ok()) co_return failed(done.status);
  co_return Result<>{};
}

Task<Result<int>> Containerd::wait(ExecId id) {
  auto ended = co_await state_->task<tasks::WaitResponse>(
      request_for<tasks::WaitRequest>(id), [](auto* stub, auto... rest) { stub->Wait(rest...); },
      kUnlimited);
  if (!ended.status.ok()) co_return failed(ended.status);
  state_->pids.erase(id.exec_id);
  co_return static_cast<int>(ended.answer.exit_status());
}

Task<Result<>> Containerd::kill(ExecId id) {
  // The process leads its own session: its children go with it. containerd itself reaches only
  // the leader, whose pid cannot be another's while it has not been waited for.
  if (const auto pid = state_->pids.find(id.exec_id);
      pid != state_->pids.end() && pid->second > 1) {
    ::kill(-static_cast<pid_t>(pid->second), SIGKILL);
  }
  auto request = request_for<tasks::KillRequest>(id);
  request.set_signal(SIGKILL);
  auto done = co_await state_->task<google::protobuf::Empty>(
      std::move(request), [](auto* stub, auto... rest) { stub->Kill(rest...); });
  if (!done.status.ok() && done.status.error_code() != grpc::StatusCode::NOT_FOUND) {
    co_return failed(done.status);
  }
  co_return Result<>{};
}

Task<Result<>> Containerd::remove(ExecId id) {
  state_->pids.erase(id.exec_id);
  auto done = co_await state_->task<tasks::DeleteResponse>(
      request_for<tasks::DeleteProcessRequest>(id),
      [](auto* stub, auto... rest) { stub->DeleteProcess(rest...); });
  if (!done.status.ok() && done.status.error_code() != grpc::StatusCode::NOT_FOUND) {
    co_return failed(done.status);
  }
  co_return Result<>{};
}

}  // namespace slipway::containers

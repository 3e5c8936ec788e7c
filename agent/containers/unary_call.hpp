// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/grpcpp.h>

#include <boost/asio/append.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include "protocol/base/task.hpp"

namespace slipway::containers {

/// One gRPC call on its way. Shared by gRPC's thread, which completes it, and the cancellation
/// slot, which may cancel it.
template <class Request, class Answer>
struct UnaryCall {
  grpc::ClientContext context;
  Request request;
  Answer answer;
};

/// The status and, where it is ok, the answer.
template <class Answer>
struct UnaryOutcome {
  grpc::Status status;
  Answer answer;
};

/// What a cancelled task means for its call.
enum class OnCancel {
  kCancelCall,  ///< nobody wants the answer
  kWait,        ///< half a change is worse than a late answer: it runs to its end or deadline
};

/// Runs a call of gRPC's callback interface; `begin(call, done)` starts it. Resumes on the caller's
/// executor, never on gRPC's thread.
template <class Request, class Answer, class Begin>
base::Task<UnaryOutcome<Answer>> unary_call(std::shared_ptr<UnaryCall<Request, Answer>> call,
                                            OnCancel on_cancel, Begin begin) {
  namespace asio = base::asio;
  auto initiate = [call, on_cancel, begin = std::move(begin)](auto handler) mutable {
    using Handler = decltype(handler);
    auto slot = asio::get_associated_cancellation_slot(handler);
    if (slot.is_connected() && on_cancel == OnCancel::kCancelCall) {
      slot.assign([weak = std::weak_ptr(call)](asio::cancellation_type) {
        if (auto running = weak.lock()) running->context.TryCancel();
      });
    }
    auto executor = asio::prefer(asio::get_associated_executor(handler),
                                 asio::execution::outstanding_work.tracked);
    // gRPC copies its callbacks: the handler, which only moves, is shared with the copies.
    auto shared = std::make_shared<Handler>(std::move(handler));
    begin(*call, [shared, executor](const grpc::Status& status) {
      asio::post(executor, [shared, status]() mutable {
        auto slot = asio::get_associated_cancellation_slot(*shared);
        if (slot.is_connected()) slot.clear();
        std::move (*shared)(status);
      });
    });
  };
  auto status = co_await asio::async_initiate<decltype(asio::use_awaitable), void(grpc::Status)>(
      std::move(initiate), asio::use_awaitable);
  co_return UnaryOutcome<Answer>{std::move(status), std::move(call->answer)};
}

}  // namespace slipway::containers

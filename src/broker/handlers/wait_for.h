// wait_for: suspends a handler until a callback brings its response.
//
// start(done) hands `done` to whoever will call it, once, on any thread, perhaps at once. The
// handler goes on on its own executor. If it is never called, the handler never ends: whoever keeps
// `done` must call it when it stops.
#pragma once

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <functional>
#include <memory>
#include <utility>

namespace weir::broker {

template <typename Response>
boost::asio::awaitable<Response> wait_for(
    std::function<void(std::function<void(Response)> done)> start) {
  namespace asio = boost::asio;
  const auto initiate = [&start](auto&& handler) {
    using Waiter = std::decay_t<decltype(handler)>;
    // std::function copies what it holds, the handler can only be moved.
    auto shared = std::make_shared<Waiter>(std::forward<decltype(handler)>(handler));
    auto executor = asio::get_associated_executor(*shared);
    start([shared, executor](Response response) {
      asio::post(executor, [shared, response = std::move(response)]() mutable {
        (*shared)(std::move(response));
      });
    });
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Response)>(
      initiate, asio::use_awaitable);
}

}  // namespace weir::broker

// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/remote_control/model_ids.h"

#include "gateway/http/buffered_response.h"
#include "gateway/remote_control/message_writer.h"
#include "gateway/remote_control/sandbox_request.h"

#include <algorithm>
#include <utility>

namespace lunargate {

namespace {

constexpr int kOk = 200;
constexpr qint64 kMaxListBytes = 16 * 1024 * 1024;
// How often the list is asked for until there is one, and once there is.
constexpr int kMostLists = 6;
constexpr int kListsOnceThere = 2;

} // namespace

struct ModelIds::List
{
    BufferedResponse response{kMaxListBytes};
    LocalRequest request{modelListRequest(), response};
};

ModelIds::ModelIds(std::chrono::milliseconds interval, std::function<void()> came)
    : m_interval(interval), m_came(std::move(came)), m_next([this] { request(); })
{
}

ModelIds::~ModelIds() = default;

void ModelIds::ask(RequestHandler &handler)
{
    m_handler = &handler;
    m_listsLeft = kMostLists;
    m_isOld = m_list != nullptr;
    if (!m_isOld)
        request();
}

void ModelIds::stop()
{
    m_next.stop();
    m_list.reset();
    m_isOld = false;
}

void ModelIds::request()
{
    m_next.stop();
    m_list = std::make_unique<List>();
    m_list->request.start(*m_handler, [this] { onList(); });
}

void ModelIds::onList()
{
    const std::unique_ptr<List> list = std::move(m_list);
    if (std::exchange(m_isOld, false))
        return request();
    if (list->response.status() == kOk) {
        m_ids = modelIds(list->response.body());
        m_listsLeft = std::min(m_listsLeft, kListsOnceThere);
    }
    if (--m_listsLeft > 0)
        m_next.start(Clock::now() + m_interval);
    m_came();
}

} // namespace lunargate

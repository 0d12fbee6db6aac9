// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/remote_control/remote_control.h"

#include "gateway/config/config.h"

#include <utility>

namespace lunargate {

namespace {

RemoteControlSettings settingsOf(const Config &config)
{
    RemoteControlSettings settings{.isWanted = config.dataSharing.remoteControl,
                                   .backendUrl = config.dataSharing.backendUrl,
                                   .apiKey = config.dataSharing.apiKey,
                                   .limits = config.remoteControl,
                                   .routes = {}};
    for (const RouteConfig &route : config.routing.routes)
        settings.routes.push_back(route.name);
    return settings;
}

} // namespace

RemoteControl::RemoteControl(RemoteControlBoard &board, HandlerFactory makeHandler, const RemoteControlTiming &timing)
    : m_board(board), m_makeHandler(std::move(makeHandler)), m_timing(timing)
{
    m_thread.setObjectName(QStringLiteral("remote-control"));
}

RemoteControl::~RemoteControl()
{
    stop();
    m_thread.wait();
}

void RemoteControl::apply(const Config &config)
{
    if (m_isStopped || (!m_client && !config.dataSharing.remoteControl))
        return;
    if (!m_client)
        start();
    QMetaObject::invokeMethod(
        m_client.get(), [client = m_client.get(), settings = settingsOf(config)] { client->apply(settings); },
        Qt::QueuedConnection);
}

void RemoteControl::start()
{
    m_client = std::make_unique<RemoteClient>(m_board, m_timing);
    m_client->moveToThread(&m_thread);
    m_thread.start();
    QMetaObject::invokeMethod(
        m_client.get(), [this, client = m_client.get()] { client->start(m_makeHandler()); }, Qt::QueuedConnection);
}

void RemoteControl::stop()
{
    if (std::exchange(m_isStopped, true) || !m_client)
        return;
    // From here on the client belongs to its thread, where it must also be destroyed.
    const auto end = [this] {
        m_client.reset();
        m_thread.quit();
    };
    QMetaObject::invokeMethod(
        m_client.get(),
        [client = m_client.get(), end] {
            client->shutDown([client, end] { QMetaObject::invokeMethod(client, end, Qt::QueuedConnection); });
        },
        Qt::QueuedConnection);
}

} // namespace lunargate

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/gateway_watch.h"

#include "gateway/history/history.h"
#include "gateway/resilience/circuit_breakers.h"

namespace lunargate::ui {

namespace {

using namespace std::chrono_literals;

QString nameOf(const CircuitView &circuit)
{
    const QByteArray name = circuit.model.isEmpty() ? circuit.provider : circuit.provider + '/' + circuit.model;
    return QString::fromUtf8(name);
}

bool isKeyRejection(const HistoryAttempt &attempt)
{
    return attempt.status == 401 || attempt.status == 403;
}

} // namespace

GatewayWatch::GatewayWatch()
{
    m_timer.setInterval(1s);
    connect(&m_timer, &QTimer::timeout, this, &GatewayWatch::refresh);
}

void GatewayWatch::watch(Gateway *gateway)
{
    if (m_gateway)
        m_gateway->disconnect(this);
    m_listening = std::make_unique<TaskRunner>();
    m_gateway = gateway;
    m_openCircuits.clear();
    m_refusedConfig.clear();
    if (!gateway) {
        m_timer.stop();
        return;
    }
    connect(gateway, &Gateway::configReloaded, this, &GatewayWatch::noteReload);
    m_timer.start();
    m_listening->start(listen(), {});
    refresh();
}

void GatewayWatch::setFailed(const QStringList &reasons)
{
    setState({.condition = Condition::Error, .reasons = reasons});
}

void GatewayWatch::setStopping()
{
    GatewayState state = m_state;
    state.condition = Condition::Stopping;
    setState(std::move(state));
}

void GatewayWatch::setStarting()
{
    setState({});
}

void GatewayWatch::setPaused(bool paused)
{
    if (!m_gateway)
        return;
    m_gateway->setPaused(paused);
    refresh();
}

void GatewayWatch::refresh()
{
    if (!m_gateway)
        return;
    GatewayState state{.address = QString::fromUtf8(m_gateway->address()),
                       .activeRequests = m_gateway->activeRequests()};
    lookAtCircuits(state.reasons);
    if (!m_refusedConfig.isEmpty())
        state.reasons.prepend(tr("The configuration on disk was refused: %1").arg(m_refusedConfig));
    if (m_state.condition == Condition::Stopping)
        state.condition = Condition::Stopping;
    else if (m_gateway->isPaused())
        state.condition = Condition::Paused;
    else
        state.condition = state.reasons.isEmpty() ? Condition::Running : Condition::Degraded;
    setState(std::move(state));
}

void GatewayWatch::setState(GatewayState state)
{
    if (state == m_state)
        return;
    m_state = std::move(state);
    Q_EMIT stateChanged();
}

void GatewayWatch::lookAtCircuits(QStringList &reasons)
{
    QSet<QString> names; // those that are gone with their provider did not close
    for (const CircuitView &circuit : m_gateway->circuits().views(Clock::now())) {
        const QString name = nameOf(circuit);
        names.insert(name);
        switch (circuit.state) {
        case CircuitState::Closed:
            if (m_openCircuits.remove(name))
                Q_EMIT circuitClosed(name);
            break;
        case CircuitState::HalfOpen:
            reasons.append(tr("The circuit of %1 is half-open: some requests try it").arg(name));
            break;
        case CircuitState::Open:
            noteOpen(name, QString::fromUtf8(circuit.lastError), reasons);
            break;
        }
    }
    m_openCircuits.intersect(names);
}

void GatewayWatch::noteOpen(const QString &name, const QString &reason, QStringList &reasons)
{
    reasons.append(reason.isEmpty() ? tr("The circuit of %1 is open").arg(name)
                                    : tr("The circuit of %1 is open (%2)").arg(name, reason));
    if (m_openCircuits.contains(name))
        return;
    m_openCircuits.insert(name);
    addIncident({.at = QDateTime::currentDateTime(), .text = reasons.last()});
    Q_EMIT circuitOpened(name, reason);
}

Task<> GatewayWatch::listen()
{
    const std::unique_ptr<HistoryListener> listener = m_gateway->history().feed().listen();
    for (bool isLast = !listener; !isLast;) {
        co_await listener->news(kNever);
        const HistoryListener::Batch batch = listener->take();
        isLast = batch.isLast;
        for (const auto &record : batch.records)
            note(*record);
        co_await SleepUntil(Clock::now() + 200ms);
    }
}

void GatewayWatch::note(const HistoryRecord &record)
{
    for (const HistoryAttempt &attempt : record.attempts) {
        if (!isKeyRejection(attempt)) {
            if (attempt.error.isEmpty())
                m_rejectedKeys.remove(attempt.provider);
        } else if (!m_rejectedKeys.contains(attempt.provider)) {
            m_rejectedKeys.insert(attempt.provider);
            Q_EMIT keyRejected(QString::fromUtf8(attempt.provider));
        }
    }
    const bool isWanted = record.error == "client_cancelled" || record.error == "gateway_paused";
    if (record.error.isEmpty() || isWanted)
        return;
    const QDateTime at = QDateTime::fromMSecsSinceEpoch(
        std::chrono::floor<std::chrono::milliseconds>(record.time()).time_since_epoch().count());
    const QByteArray who = record.model.isEmpty() ? record.modelAsked : record.model;
    addIncident(
        {.at = at,
         .text = tr("%1 %2 (%3)")
                     .arg(QString::number(record.status), QString::fromUtf8(record.error), QString::fromUtf8(who)),
         .requestId = record.id});
}

void GatewayWatch::noteReload(const ReloadReport &report)
{
    m_refusedConfig.clear();
    if (report.result == ReloadResult::Rejected) {
        for (const ConfigProblem &problem : report.problems) {
            if (problem.severity == ConfigProblem::Severity::Error && m_refusedConfig.isEmpty())
                m_refusedConfig = QString::fromUtf8(problem.toText());
        }
        addIncident({.at = report.at, .text = tr("Configuration refused: %1").arg(m_refusedConfig)});
        Q_EMIT configRefused(m_refusedConfig);
    }
    refresh();
}

void GatewayWatch::addIncident(Incident incident)
{
    m_incidents.push_front(std::move(incident));
    if (m_incidents.size() > kMostIncidents)
        m_incidents.pop_back();
    Q_EMIT incidentsChanged();
}

} // namespace lunargate::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/desktop.h"

#include "ui/explain/explain_panel.h"
#include "ui/replay/replay_window.h"
#include "ui/shell/client_environment.h"
#include "ui/shell/plain_question.h"
#include "ui/shell/settings_page.h"

#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QEvent>
#include <QPushButton>
#include <QUrl>

#include <algorithm>
#include <utility>

namespace lunargate::ui {

Desktop::Desktop(Settings &settings, Options options)
    : m_settings(settings),
      m_options(std::move(options)),
      m_theme(settings.theme()),
      m_notifier(m_watch, settings),
      m_tray(m_watch),
      m_window(m_watch, settings, m_actions),
      m_overview(new OverviewPage(settings, m_actions)),
      m_requests(new RequestsPage(settings, m_actions)),
      m_providers(new ProvidersPage(m_actions)),
      m_keys(new KeysPage(*m_options.keychain, m_options.keyUses, m_actions)),
      m_config(new ConfigPage(settings, m_actions, m_options.config)),
      m_clients(new ClientsPage(m_options.places, m_actions)),
      m_firstSteps(m_options.setup, settings, m_window),
      m_forms(m_actions, m_window,
              {.text =
                   [this] {
                       m_window.goTo(m_config); // which has no text before it was seen
                       return m_config->text();
                   },
               .apply = [this](const QString &text) { m_config->replaceText(text); },
               .environment = [] { return Environment::ofProcess(); }})
{
    QApplication::setQuitOnLastWindowClosed(false);
    auto *settingsPage = new SettingsPage(settings, m_theme, m_options.autostart, m_options.startCommand);
    m_settingsPage = settingsPage;
    m_window.addPage(tr("Overview"), Glyph::Chart, m_overview);
    m_window.addPage(tr("Requests"), Glyph::List, m_requests);
    m_window.addPage(tr("Providers"), Glyph::Server, m_providers);
    m_window.addPage(tr("Keys"), Glyph::Key, m_keys);
    m_window.addPage(tr("Configuration"), Glyph::Document, m_config);
    m_window.addPage(tr("Clients"), Glyph::Plug, m_clients);
    m_window.addPage(tr("Settings"), Glyph::Sliders, settingsPage);
    addActions();
    addCopyActions();
    addConfigTools();

    connect(&m_window, &MainWindow::closeRequested, this, &Desktop::closeWindow);
    connect(&m_window, &MainWindow::retryRequested, this, &Desktop::startGateway);
    connect(&m_tray, &Tray::openRequested, this, &Desktop::raiseWindow);
    connect(&m_tray, &Tray::requestChosen, this, [this](const QByteArray &id) {
        m_window.goTo(m_requests);
        m_requests->open(id);
    });
    connect(m_keys, &KeysPage::reloadRequested, this, &Desktop::readAnew);
    connect(m_requests, &RequestsPage::replayRequested, this, &Desktop::openReplay);
    connect(m_requests, &RequestsPage::explainRequested, this,
            [this](const HistoryRecord &record) { openExplain().explainRecord(record); });
    connect(m_overview, &OverviewPage::wanted, this, [this] { m_window.goTo(m_overview); });
    connect(m_overview, &OverviewPage::requestsWanted, this, &Desktop::showRequests);
    connect(m_providers, &ProvidersPage::requestsWanted, this, &Desktop::showRequests);
    connect(&m_tray, &Tray::quitRequested, this, &Desktop::quit);
    connect(m_clients, &ClientsPage::setupRequested, &m_firstSteps, &FirstSteps::open);
    connect(&m_firstSteps, &FirstSteps::configWritten, this, &Desktop::takeNewConfig);
    connect(&m_notifier, &Notifier::notify, &m_tray, &Tray::notify);
    m_retry.setSingleShot(true);
    m_retry.setInterval(m_options.retryAfter);
    connect(&m_retry, &QTimer::timeout, this, &Desktop::tryAgain);
    connect(&m_files, &ConfigWatcher::changed, this, &Desktop::tryAgain);
    m_trayCheck.setInterval(m_options.trayCheckInterval);
    connect(&m_trayCheck, &QTimer::timeout, this, &Desktop::showWithoutTray);
    connect(m_config, &ConfigPage::startWanted, this, &Desktop::tryAgain);
    connect(m_config, &ConfigPage::openRequested, this, [this] {
        if (!m_config->isVisible())
            m_window.goTo(m_config);
    });
    qApp->installEventFilter(this);
}

Desktop::~Desktop()
{
    showGateway(nullptr);
}

void Desktop::showGateway(Gateway *gateway)
{
    m_watch.watch(gateway);
    m_overview->setGateway(gateway);
    m_requests->setHistory(gateway ? &gateway->history() : nullptr);
    m_requests->setRunning(gateway ? &gateway->running() : nullptr);
    if (gateway)
        m_requests->setAddress(m_watch.state().address);
    for (ReplayWindow *window : replayWindows())
        window->setGateway(gateway);
    m_providers->setGateway(gateway);
    m_keys->setGateway(gateway);
    m_config->setGateway(gateway);
    m_clients->setGateway(gateway);
    m_firstSteps.setGateway(gateway);
    if (m_explain)
        m_explain->setGateway(gateway);
}

// The session has ended, whatever the windows say. While users may still cancel that, nothing changes.
bool Desktop::eventFilter(QObject *watched, QEvent *event)
{
    if (watched != qApp || event->type() != QEvent::Quit)
        return QObject::eventFilter(watched, event);
    stop();
    return true;
}

void Desktop::showRequests(const QString &filter)
{
    m_requests->setFilter(filter);
    m_window.goTo(m_requests);
}

QList<ReplayWindow *> Desktop::replayWindows() const
{
    return m_window.findChildren<ReplayWindow *>(Qt::FindDirectChildrenOnly);
}

// The gateway ends: nothing can be sent any more.
void Desktop::closeReplays()
{
    for (ReplayWindow *window : replayWindows())
        window->setClosed();
}

// One window a request.
void Desktop::openReplay(const HistoryRecord &record)
{
    if (!m_gateway || m_isRestarting || m_watch.state().condition == Condition::Stopping)
        return;
    const QList<ReplayWindow *> windows = replayWindows();
    const auto open = std::ranges::find(windows, record.id, &ReplayWindow::requestId);
    ReplayWindow *window = open == windows.end() ? new ReplayWindow(*m_gateway, record, &m_window) : *open;
    window->show();
    window->raise();
    window->activateWindow();
}

ExplainPanel &Desktop::openExplain()
{
    if (!m_explain) {
        m_explain = new ExplainPanel(&m_window);
        m_explain->setWindowFlag(Qt::Window);
        m_explain->setWindowTitle(tr("Explain a request"));
        m_explain->resize(900, 640);
        m_explain->setGateway(m_gateway.get());
        auto *close = new QAction(m_explain);
        close->setShortcuts({QKeySequence(Qt::Key_Escape), QKeySequence::Close});
        connect(close, &QAction::triggered, m_explain, &QWidget::close);
        m_explain->addAction(close);
    }
    m_explain->show();
    m_explain->raise();
    m_explain->activateWindow();
    return *m_explain;
}

void Desktop::addConfigTools()
{
    QAction *explain = m_actions.add(tr("Explain a request"), Glyph::Fork, {}, [this] { openExplain(); });
    for (QAction *action : m_forms.formActions() + QList<QAction *>{explain})
        m_config->addTool(action);
}

void Desktop::addActions()
{
    const auto setTheme = [this](Theme::Choice choice) {
        m_theme.setChoice(choice);
        m_settings.setTheme(choice);
        static_cast<SettingsPage *>(m_settingsPage)->showTheme();
    };
    m_window.addActions({
        m_actions.add(tr("Commands"), Glyph::Command, Qt::CTRL | Qt::Key_K, [this] { m_window.openCommandPalette(); }),
        m_actions.add(tr("Pause or resume the gateway"), Glyph::Pause, Qt::CTRL | Qt::SHIFT | Qt::Key_P,
                      [this] { m_watch.setPaused(m_watch.state().condition != Condition::Paused); }),
        m_actions.add(tr("Read the configuration anew"), Glyph::Refresh, {}, [this] { readAnew(); }),
        m_actions.add(tr("Theme: as the desktop has it"), Glyph::Sliders, {},
                      [setTheme] { setTheme(Theme::Choice::System); }),
        m_actions.add(tr("Theme: light"), Glyph::Sliders, {}, [setTheme] { setTheme(Theme::Choice::Light); }),
        m_actions.add(tr("Theme: dark"), Glyph::Sliders, {}, [setTheme] { setTheme(Theme::Choice::Dark); }),
        m_actions.add(tr("Close the window"), Glyph::Window, QKeySequence::Close, [this] { m_window.close(); }),
        m_actions.add(tr("Quit LunarGate"), Glyph::Power, QKeySequence::Quit, [this] { quit(); }),
    });
}

void Desktop::readAnew()
{
    if (m_gateway)
        m_gateway->reload(ReloadTrigger::Request);
    else
        tryAgain();
}

void Desktop::tryAgain()
{
    if (m_isStarting)
        m_retry.start(); // what it reads now may be of before
    else
        startGateway();
}

void Desktop::addCopyActions()
{
    const auto copy = [](const QString &text) { QGuiApplication::clipboard()->setText(text); };
    QList<QAction *> own{m_actions.add(tr("Copy base URL"), Glyph::Copy, Qt::CTRL | Qt::SHIFT | Qt::Key_U,
                                       [this, copy] { copy(m_watch.state().address + QStringLiteral("/v1")); })};
    for (const ClientEnvironment &client : clientEnvironments())
        own.append(m_actions.add(tr("Copy environment for %1").arg(QString::fromUtf8(client.name)), Glyph::Copy, {},
                                 [this, copy, client] { copy(client.text(m_watch.state().address)); }));
    m_window.addActions(own);
    const auto enable = [this, own] {
        for (QAction *action : own)
            action->setEnabled(!m_watch.state().address.isEmpty());
    };
    connect(&m_watch, &GatewayWatch::stateChanged, this, enable);
    enable();
}

void Desktop::start()
{
    m_tray.show();
    if (!m_settings.startsMinimised())
        m_window.show();
    m_trayCheck.start();
    showWithoutTray();
    startGateway();
}

void Desktop::startGateway()
{
    const bool isStopping = m_watch.state().condition == Condition::Stopping;
    if (m_gateway || isStopping || std::exchange(m_isStarting, true))
        return;
    m_options.startGateway([this](StartResult result) { takeGateway(std::move(result)); });
}

void Desktop::takeGateway(StartResult result)
{
    m_isStarting = false;
    m_gateway = std::move(result.gateway);
    if (!m_gateway) {
        waitForBetter(result);
        m_firstSteps.offer();
        return;
    }
    m_files.setFiles({});
    connect(m_gateway.get(), &Gateway::stopped, this, &Desktop::noteStopped, Qt::QueuedConnection);
    showGateway(m_gateway.get());
    m_firstSteps.offer();
    Q_EMIT gatewayStarted();
}

void Desktop::noteStopped()
{
    if (!std::exchange(m_isRestarting, false)) {
        Q_EMIT ended();
        return;
    }
    showGateway(nullptr);
    m_gateway.reset();
    startGateway();
}

void Desktop::takeNewConfig(int port)
{
    if (!m_gateway) {
        startGateway();
    } else if (QUrl(m_watch.state().address).port() == port) {
        m_gateway->reload(ReloadTrigger::Request);
    } else if (!std::exchange(m_isRestarting, true)) {
        m_firstSteps.setGateway(nullptr);
        m_watch.watch(nullptr); // its last requests may take a while, and nobody finds it any more
        m_watch.setStarting();
        closeReplays();
        m_gateway->stop();
    }
}

void Desktop::waitForBetter(const StartResult &failure)
{
    const bool isNews = m_watch.state().reasons != failure.problems;
    m_watch.setFailed(failure.problems);
    if (isNews)
        m_window.raiseUp();
    m_config->setStartFailed(failure.problems);
    m_files.setFiles(failure.files);
    if (failure.passesByItself)
        m_retry.start();
}

void Desktop::stop()
{
    if (m_question)
        m_question->close();
    m_window.setClosable();
    m_watch.setStopping();
    closeReplays();
    const bool isStopping = std::exchange(m_isRestarting, false);
    if (m_gateway && !isStopping)
        m_gateway->stop();
    else if (!m_gateway)
        Q_EMIT ended();
}

QMessageBox *Desktop::newQuestion(const QString &title, const QString &text, const QString &details)
{
    m_window.raiseUp();
    if (m_question)
        m_question->close();
    m_question = newPlainQuestion(title, text, details, &m_window);
    return m_question;
}

void Desktop::quit()
{
    if (m_watch.state().condition == Condition::Stopping)
        return;
    m_watch.refresh();
    const qint64 running = m_watch.state().activeRequests;
    const qsizetype written = static_cast<qsizetype>(m_clients->written().all().size());
    if (running == 0 && written == 0) {
        stop();
        return;
    }
    QString details;
    if (running > 0) {
        const auto seconds = std::chrono::ceil<std::chrono::seconds>(m_gateway->config()->server.shutdownTimeout);
        details = tr("LunarGate takes no new ones and ends when they have, at the latest after %1 seconds.")
                      .arg(seconds.count());
    }
    QMessageBox *question = newQuestion(tr("Quit LunarGate"),
                                        running == 0   ? tr("LunarGate stops answering requests.")
                                        : running == 1 ? tr("One request is under way.")
                                                       : tr("%1 requests are under way.").arg(running),
                                        details);
    QPushButton *yes = question->addButton(running == 0 ? tr("Quit") : tr("Finish and quit"), QMessageBox::AcceptRole);
    question->setDefaultButton(yes);
    QCheckBox *restore = nullptr;
    if (written > 0) {
        restore = new QCheckBox(tr("Restore the client configurations that lead here (%1)").arg(written));
        question->setCheckBox(restore);
    }
    connect(yes, &QPushButton::clicked, this, [this, restore] { quitRestored(restore && restore->isChecked()); });
    question->open();
}

// Whoever wanted them restored is told of those that could not be, before the program is gone.
void Desktop::quitRestored(bool isWanted)
{
    const QStringList problems = isWanted ? m_clients->restoreAll() : QStringList();
    if (problems.isEmpty()) {
        stop();
        return;
    }
    QMessageBox *question =
        newQuestion(tr("Quit LunarGate"), tr("Not all client configurations could be restored."), problems.join(u'\n'));
    QPushButton *yes = question->addButton(tr("Quit all the same"), QMessageBox::AcceptRole);
    connect(yes, &QPushButton::clicked, this, &Desktop::stop);
    question->open();
}

void Desktop::closeWindow()
{
    if (Tray::isAvailable() && m_settings.closesToTray())
        hideToTray();
    else
        askAboutClosing();
}

void Desktop::hideToTray()
{
    m_window.hide();
    m_trayCheck.start();
    if (m_settings.hasToldOfTray())
        return;
    m_tray.notify(tr("LunarGate goes on"), tr("It answers in the background. Its icon in the tray opens the window."),
                  false);
    m_settings.setToldOfTray();
}

/// A tray can go, with the panel that it is part of.
void Desktop::showWithoutTray()
{
    if (!m_window.isVisible() && Tray::isAvailable())
        return;
    m_trayCheck.stop();
    if (!m_window.isVisible())
        m_window.showMinimized();
}

void Desktop::askAboutClosing()
{
    const bool hasTray = Tray::isAvailable();
    QMessageBox *question = newQuestion(tr("Close the window"), tr("Should LunarGate go on answering requests?"));
    QPushButton *keep =
        question->addButton(hasTray ? tr("Keep running in the tray") : tr("Keep running"), QMessageBox::AcceptRole);
    QPushButton *quitButton = question->addButton(tr("Quit"), QMessageBox::DestructiveRole);
    question->setDefaultButton(keep);
    QCheckBox *always = nullptr;
    if (hasTray) {
        always = new QCheckBox(tr("Do not ask again: keep running"));
        question->setCheckBox(always);
    }
    connect(quitButton, &QPushButton::clicked, this, &Desktop::quit);
    connect(keep, &QPushButton::clicked, this, [this, always] {
        if (always && always->isChecked())
            m_settings.setClosesToTray(true);
        if (always)
            hideToTray();
        else
            m_window.showMinimized();
    });
    question->open();
}

} // namespace lunargate::ui

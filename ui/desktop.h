// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config_watcher.h"
#include "ui/clients/clients_page.h"
#include "ui/editor/config_page.h"
#include "ui/forms/config_forms.h"
#include "ui/keys/keys_page.h"
#include "ui/overview/overview_page.h"
#include "ui/providers/providers_page.h"
#include "ui/requests/requests_page.h"
#include "ui/setup/first_steps.h"
#include "ui/shell/autostart.h"
#include "ui/shell/main_window.h"
#include "ui/shell/notifier.h"
#include "ui/shell/tray.h"

#include <QMessageBox>

#include <chrono>
#include <functional>

namespace lunargate::ui {

class ExplainPanel;
class ReplayWindow;

/// What came of starting the gateway.
struct StartResult
{
    std::unique_ptr<Gateway> gateway; ///< answers already; null: it cannot
    QStringList problems = {};        ///< why it cannot; for people
    QStringList files = {};           ///< absolute paths; when one of these changes it may be able to
    bool passesByItself = false;      ///< what is in its way may go although no file changes (a port that is taken)
};

/// Starts the gateway without keeping the caller waiting, and hands over what came of it in the GUI thread, at once or
/// later, once.
using StartGateway = std::function<void(std::function<void(StartResult)>)>;

/// The desktop app: owns the gateway, the window and the tray, and knows how they belong together. GUI thread.
class Desktop : public QObject
{
    Q_OBJECT

public:
    struct Options
    {
        StartGateway startGateway;
        std::function<StartCommand()> startCommand; ///< what the desktop is to run at login
        ConfigAccess config;                        ///< for the editor
        Autostart autostart = {};
        Keychain *keychain = nullptr;  ///< outlives the desktop
        KeyKeeper::UsesSource keyUses; ///< the keys that the configuration refers to; any thread
        SetupOptions setup = {};       ///< without a file there are no first steps
        UserPlaces places = {};
        std::chrono::milliseconds retryAfter = std::chrono::seconds(5); ///< for what passes by itself
        /// How often a hidden window asks whether the tray is still there.
        std::chrono::milliseconds trayCheckInterval = std::chrono::seconds(5);
    };

    /// `settings` outlives it.
    Desktop(Settings &settings, Options options);
    ~Desktop() override;

    /// Shows itself as the user has set it, and starts the gateway.
    void start();
    /// Tries again to start the gateway, as it does by itself when it may help.
    void startGateway();
    void raiseWindow() { m_window.raiseUp(); }

    /// Asks first if requests are under way.
    void quit();
    /// Lets running requests finish, for as long as the configuration allows; ended() follows.
    void stop();

    Gateway *gateway() const { return m_gateway.get(); }
    GatewayWatch &watch() { return m_watch; }
    MainWindow &window() { return m_window; }
    OverviewPage &overview() { return *m_overview; }
    RequestsPage &requests() { return *m_requests; }
    ProvidersPage &providers() { return *m_providers; }
    KeysPage &keys() { return *m_keys; }
    ConfigPage &configPage() { return *m_config; }
    ClientsPage &clients() { return *m_clients; }
    FirstSteps &firstSteps() { return m_firstSteps; }
    QWidget &settingsPage() { return *m_settingsPage; }
    Tray &tray() { return m_tray; }
    const Actions &actions() const { return m_actions; }

Q_SIGNALS:
    /// The gateway answers.
    void gatewayStarted();
    /// There is nothing left to do.
    void ended();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void takeGateway(StartResult result);
    void waitForBetter(const StartResult &failure);
    void showRequests(const QString &filter);
    QList<ReplayWindow *> replayWindows() const;
    void openReplay(const HistoryRecord &record);
    void closeReplays();
    /// In a window of its own, made when it is wanted first.
    ExplainPanel &openExplain();
    void addConfigTools();
    void takeNewConfig(int port);
    /// The gateway is there, or goes, for all who look at it.
    void showGateway(Gateway *gateway);
    void noteStopped();
    void quitRestored(bool isWanted);
    void tryAgain();
    void addActions();
    void readAnew();
    void addCopyActions();
    void closeWindow();
    void hideToTray();
    void showWithoutTray();
    void askAboutClosing();
    QMessageBox *newQuestion(const QString &title, const QString &text, const QString &details = {});

    Settings &m_settings;
    const Options m_options;
    std::unique_ptr<Gateway> m_gateway; // before all that reads from it
    Theme m_theme;
    Actions m_actions;
    GatewayWatch m_watch;
    Notifier m_notifier;
    Tray m_tray;
    MainWindow m_window;
    OverviewPage *m_overview; // of the window, as those that follow
    RequestsPage *m_requests;
    ProvidersPage *m_providers;
    KeysPage *m_keys;
    ConfigPage *m_config;
    ClientsPage *m_clients;
    QWidget *m_settingsPage;
    FirstSteps m_firstSteps;
    ConfigForms m_forms;
    ExplainPanel *m_explain = nullptr; // likewise of the window
    QPointer<QMessageBox> m_question;
    ConfigWatcher m_files; // of a configuration that did not start
    QTimer m_retry;
    QTimer m_trayCheck; // runs while nothing but the tray leads to the window
    bool m_isStarting = false;
    bool m_isRestarting = false; // it stops, to be started anew
};

} // namespace lunargate::ui

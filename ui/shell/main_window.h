// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/actions.h"
#include "ui/shell/gateway_watch.h"
#include "ui/shell/settings.h"
#include "ui/shell/state_banner.h"

#include <QLabel>
#include <QListWidget>
#include <QMainWindow>
#include <QStackedWidget>
#include <QToolButton>

namespace lunargate::ui {

/// The window: navigation at the left, a page, and how the gateway fares. GUI thread.
class MainWindow : public QMainWindow
{
    Q_OBJECT

public:
    /// All of them outlive it.
    MainWindow(GatewayWatch &watch, Settings &settings, Actions &actions);
    ~MainWindow() override;

    /// Adds a page to the navigation, and an action that goes there (Ctrl+1, Ctrl+2 …).
    void addPage(const QString &name, Glyph glyph, QWidget *page);
    void goTo(QWidget *page);

    /// Shows it and brings it to the front.
    void raiseUp();
    void openCommandPalette();
    /// From now on it lets itself be closed.
    void setClosable() { m_isClosable = true; }

Q_SIGNALS:
    /// The user wants to close it. It stays until somebody hides it.
    void closeRequested();
    void retryRequested();

protected:
    void closeEvent(QCloseEvent *event) override;

private:
    QWidget *makeSidebar();
    void makeStatusBar();
    void showState();

    GatewayWatch &m_watch;
    Settings &m_settings;
    Actions &m_actions;
    QListWidget *m_navigation;
    QStackedWidget *m_pages;
    StateBanner *m_banner;
    QLabel *m_stateSign = nullptr;
    QLabel *m_stateText = nullptr;
    QToolButton *m_address = nullptr;
    bool m_isClosable = false;
};

} // namespace lunargate::ui

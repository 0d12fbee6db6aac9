// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/gateway.h"
#include "ui/editor/config_access.h"
#include "ui/editor/config_document.h"
#include "ui/editor/config_editor.h"
#include "ui/editor/config_status.h"
#include "ui/editor/notice_bar.h"
#include "ui/editor/versions_menu.h"
#include "ui/shell/actions.h"

#include <QPointer>

namespace lunargate::ui {

/// The configuration as text: edited, checked, compared, applied, and rolled back. Works without a gateway, too. What
/// costs time and memory is made when it is shown first. GUI thread.
class ConfigPage : public QWidget
{
    Q_OBJECT

public:
    /// Settings and actions outlive it.
    ConfigPage(Settings &settings, Actions &actions, ConfigAccess access);
    ~ConfigPage() override;

    /// The gateway that takes over what is applied; null: there is none now.
    void setGateway(Gateway *gateway);
    /// The gateway could not be started, for these reasons.
    void setStartFailed(const QStringList &problems);

    /// What is edited; empty before the page was shown.
    QString text() const;
    /// Puts another text in its place, by one step that can be undone; scroll position and cursor line stay.
    void replaceText(const QString &text);
    /// Adds it to the menu of edits.
    void addTool(QAction *action);

    // For tests.
    ConfigEditor *editor() const { return m_editor; }
    const NoticeBar &notice() const { return *m_notice; }
    const ConfigStatus &status() const { return *m_status; }
    ConfigDocument &document() { return m_document; }

Q_SIGNALS:
    /// A configuration was applied, and there is no gateway to take it over.
    void startWanted();
    /// Something is to be done on this page.
    void openRequested();

protected:
    void showEvent(QShowEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    QWidget *makeHead();
    void addActions(Actions &actions);
    void build();
    void begin();
    void restoreDraft();

    bool isModified() const;
    void onTextChanged();
    void onChecked();
    void onDiskChanged();
    void sayOfDisk(const NoticeBar::Notice &notice);
    void onReloaded(const ReloadReport &report);
    void keepLastGood();
    void showState();
    void showCheck();

    void apply();
    void review();
    void write(const QByteArray &text, const std::optional<QByteArray> &seen);
    void askInSpite(const QByteArray &text);
    void takeOver();
    void discard();
    void takeTheirs();
    void rebase();
    void rollBack(const QByteArray &text);
    void compareWith(ConfigStatus::Which which);
    void showDifference(const QString &title, const QByteArray &before);

    Settings &m_settings;
    const ConfigAccess m_access;
    QPointer<Gateway> m_gateway;
    ConfigDocument m_document;
    QTimer m_typing; // until a draft is kept, which waits for the disk
    std::unique_ptr<SchemaHelp> m_schema;
    std::unique_ptr<ConfigCheck> m_check;
    ConfigEditor *m_editor = nullptr;
    NoticeBar *m_notice;
    ConfigStatus *m_status;
    VersionsMenu *m_versions;
    QToolButton *m_versionsButton = nullptr;
    QLabel *m_modified;
    QToolButton *m_tools = nullptr;
    QString m_diskNotice;                       // title of what was said last of the file
    bool m_wantsApply = false;                  // once the text has been checked, if nobody types meanwhile
    std::optional<QByteArray> m_beforeRollBack; // what was edited, which cancelling brings back
    bool m_isAwaited = false;                   // what the gateway makes of what was applied
};

} // namespace lunargate::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/gateway.h"
#include "ui/keys/key_dialog.h"
#include "ui/keys/key_foot.h"
#include "ui/keys/key_keeper.h"
#include "ui/keys/keychain_banner.h"
#include "ui/keys/keys_model.h"
#include "ui/shell/actions.h"

#include <QLabel>
#include <QPointer>
#include <QTableView>
#include <QToolButton>

namespace lunargate::ui {

/// The keys of the desktop's keychain: which there are, for whom and who uses them, and what can be done with them. It
/// asks the keychain when it is first seen. GUI thread.
class KeysPage : public QWidget
{
    Q_OBJECT

public:
    /// `keychain` and `actions` outlive it.
    KeysPage(Keychain &keychain, KeyKeeper::UsesSource uses, Actions &actions);

    /// What runs, whose providers keys are tried at; null: nothing.
    void setGateway(Gateway *gateway);

    void add();
    void replace();
    void test();
    void deleteKey();
    void importFromEnvironment();
    void copyReference() const;
    void refresh();
    /// Makes it the current one, if it is there.
    void choose(const QByteArray &name);

    KeysModel &model() { return m_model; }
    KeyKeeper &keeper() { return m_keeper; }

Q_SIGNALS:
    /// Keys changed that the configuration uses: it is to be read anew.
    void reloadRequested();

protected:
    void showEvent(QShowEvent *event) override;

private:
    QLayout *makeHead();
    void addActions(Actions &actions);
    void connectKeeper();
    void showList(const KeyList &list);
    void showBusy();
    void showCurrent();
    void takeStored(const QByteArrayList &names);
    void takeReload(const ReloadReport &report);
    /// Without `mayReplace` a key of that name that is there stays.
    void askForKey(const KeyDialog::Options &options, bool mayReplace);
    const KeyRow *current() const;
    std::vector<ProviderConfig> providers() const;
    QByteArrayList namesThere() const;

    KeysModel m_model;
    KeyKeeper m_keeper;
    QPointer<Gateway> m_gateway;
    QTableView *m_table;
    QLabel *m_empty;
    QLabel *m_doing;
    QToolButton *m_cancel;
    KeychainBanner *m_notice;
    KeyFoot *m_foot;
    QList<QAction *> m_always; // while nothing is waited for
    QList<QAction *> m_forOne; // likewise, with a key that is chosen
    QAction *m_replace = nullptr;
    QByteArray m_shown; // name of the current one
    bool m_wasAsked = false;
    bool m_awaitsReload = false;
};

} // namespace lunargate::ui

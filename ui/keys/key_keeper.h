// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/task_runner.h"
#include "gateway/config/key_use.h"
#include "gateway/keys/key_list.h"
#include "gateway/keys/key_tester.h"
#include "ui/keys/keychain_work.h"

#include <QByteArrayList>

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace lunargate::ui {

/// Lists, changes and tries the keys of the keychain, one thing at a time, and tells what came of it. GUI thread,
/// which never waits.
class KeyKeeper : public QObject
{
    Q_OBJECT

public:
    /// The keys that the configuration refers to as it is now; called in any thread.
    using UsesSource = std::function<std::vector<KeyUse>()>;
    /// A key to put into the keychain.
    struct NewKey
    {
        QByteArray name;
        KeychainEntry entry;
        bool mayReplace = false; ///< otherwise a key of that name that is there stays
    };

    /// `keychain` outlives it.
    KeyKeeper(Keychain &keychain, UsesSource uses);

    bool isBusy() const { return !m_doing.isEmpty(); }
    /// What is waited for, in words; empty: nothing is.
    const QString &doing() const { return m_doing; }
    /// The configured providers, at which keys are tried.
    void setProviders(std::vector<ProviderConfig> providers) { m_providers = std::move(providers); }
    /// What the configuration refers to was read last.
    const std::vector<KeyUse> &uses() const { return m_lastUses; }

    // Each waits its turn.
    void list();
    void put(std::vector<NewKey> keys);
    void remove(const QByteArray &name);
    void test(const KeyRow &key);

    /// What is waited for is given up; failed() or tested() may still follow.
    void cancel();

Q_SIGNALS:
    void busyChanged();
    void listed(const lunargate::KeyList &list);
    /// They are in the keychain; listed() came before, and failed() follows if others are not.
    void stored(const QByteArrayList &names);
    void removed(const QByteArray &name);
    void tested(const lunargate::KeyVerdict &verdict, const QByteArray &origin);
    /// The key is bound to nothing and used by nobody.
    void nobodyToTest(const QByteArray &name);
    void failed(const lunargate::Error &problem);

private:
    /// What came of changing keys.
    struct Outcome
    {
        QByteArrayList names = {};         ///< of the keys that it went well with
        std::optional<Error> problem = {}; ///< why not with the others
        std::vector<KeyUse> uses = {};     ///< read afterwards
        std::optional<KeyList> list = {};  ///< likewise; nothing if the keychain refused all
    };
    using Change = std::function<Outcome(KeyStore &)>;
    using Done = std::function<void(const QByteArrayList &names)>;

    void setDoing(const QString &doing);
    void inTurn(std::function<void()> doIt);
    void doNext();
    /// Does `change` in the keychain's thread and looks at all of it again; `done` hears with which keys it went well.
    void change(const QString &doing, Change change, Done done);
    void startChange(const QString &doing, const Change &change, const Done &done);
    void takeOutcome(const Outcome &outcome, const Done &done);
    void readAndTry(const KeyRow &key);
    void takeEntry(const KeyRow &key, const Result<KeychainEntry> &entry);
    static Task<> tryOut(KeyKeeper *keeper, ProviderConfig service, KeychainEntry entry);

    Keychain &m_keychain;
    const UsesSource m_uses;
    std::vector<KeyUse> m_lastUses;
    std::vector<ProviderConfig> m_providers;
    QString m_doing;
    std::deque<std::function<void()>> m_waiting;
    std::unique_ptr<KeyTester> m_tester; // made when it is needed
    TaskRunner m_trying;                 // after the tester, which outlives its task
    KeychainWork m_work;
};

} // namespace lunargate::ui

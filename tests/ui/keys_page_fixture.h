// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/keys/key_store.h"

#include "tests/ui/test_desktop.h"
#include "ui/keys/key_dialog.h"

#include <QLineEdit>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>

#include <algorithm>
#include <memory>

namespace lunargate::test {

/// The page of keys on a keychain that does what the test says.
class KeysPageFixture : public QObject
{
protected:
    using KeyDialog = ui::KeyDialog;
    using KeysModel = ui::KeysModel;
    using KeysPage = ui::KeysPage;

    void makePage()
    {
        failOnOwnWarnings();
        m_uses.clear();
        m_keychain = std::make_unique<FakeKeychain>();
        m_actions = std::make_unique<ui::Actions>();
        m_page = std::make_unique<KeysPage>(*m_keychain, [this] { return m_uses; }, *m_actions);
    }

    void removePage()
    {
        m_page.reset();
        m_actions.reset();
        m_keychain.reset();
    }

    static QString s(const char *text) { return QString::fromUtf8(text); }

    QString state(const char *name)
    {
        const int row = m_page->model().rowOf(name);
        return row < 0 ? s("no such row") : m_page->model().index(row, KeysModel::State).data().toString();
    }

    /// Whether the page says that anywhere.
    bool says(const char *text) const
    {
        const auto labels = m_page->findChildren<QLabel *>();
        return std::ranges::any_of(
            labels, [&](const QLabel *label) { return label->isVisible() && label->text().contains(s(text)); });
    }

    void put(const QByteArray &name, const QByteArray &secret, const QByteArray &origin)
    {
        QVERIFY(KeyStore(*m_keychain, {}).set(name, {.secret = SecretString(secret), .origin = origin}));
    }

    /// Shows the page and waits until it has asked.
    void show()
    {
        m_page->resize(900, 600);
        m_page->show();
        QVERIFY(QTest::qWaitForWindowActive(m_page.get()));
        QVERIFY(QTest::qWaitFor([this] { return !m_page->keeper().isBusy(); }));
    }

    void choose(const char *name)
    {
        m_page->choose(name);
        m_page->findChild<QTableView *>()->setFocus();
    }

    QAction *action(const char *text) const
    {
        for (QAction *one : m_actions->all()) {
            if (one->text() == s(text))
                return one;
        }
        return nullptr;
    }

    template <typename Dialog>
    Dialog *dialog() const
    {
        auto *found = m_page->findChild<Dialog *>();
        if (!found)
            return nullptr;
        found->activateWindow();
        return QTest::qWaitFor([found] { return QApplication::activeWindow() == found; }) ? found : nullptr;
    }

    static QLineEdit *field(QDialog *dialog, const char *name)
    {
        for (auto *edit : dialog->findChildren<QLineEdit *>()) {
            if (edit->accessibleName() == s(name))
                return edit;
        }
        return nullptr;
    }

    static QByteArray secretIn(const FakeKeychain &keychain, const char *name)
    {
        const FakeKeychain::Texts texts = keychain.texts();
        const auto found = texts.find(name);
        return found == texts.end() ? QByteArray("none") : found->second.split('\n').last();
    }

    std::vector<KeyUse> m_uses; // read by the keychain's thread while the test waits for it
    std::unique_ptr<FakeKeychain> m_keychain;
    std::unique_ptr<ui::Actions> m_actions;
    std::unique_ptr<KeysPage> m_page;
};

} // namespace lunargate::test

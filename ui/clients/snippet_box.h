// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <QLabel>
#include <QPlainTextEdit>
#include <QToolButton>

namespace lunargate::ui {

struct Client;
struct GatewayPlace;

/// What to paste into a client, to copy, and what is to be known of the key.
class SnippetBox : public QWidget
{
    Q_OBJECT

public:
    SnippetBox();

    void show(const Client &client, const GatewayPlace &place);
    QString text() const { return m_text->toPlainText(); }

protected:
    void changeEvent(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void fit();

    QPlainTextEdit *m_text;
    QToolButton *m_copy;
    QLabel *m_key;
    QLabel *m_note;
};

} // namespace lunargate::ui

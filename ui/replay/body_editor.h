// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLabel>
#include <QPlainTextEdit>
#include <QToolButton>

namespace lunargate::ui {

/// A request's body to look at and change. What was not changed goes out byte for byte as it came. GUI thread.
class BodyEditor : public QWidget
{
    Q_OBJECT

public:
    /// Longer bodies are sent as they are: Qt lays out a line as a whole, and files come in one.
    static constexpr qsizetype kMostCharacters = 512 * 1024;

    explicit BodyEditor(QByteArray body, QWidget *parent = nullptr);

    /// What is to be sent; only if there is no problem().
    QByteArray body() const;
    /// What is wrong with the text, for people; empty: nothing.
    const QString &problem() const { return m_problem; }
    bool isChanged() const { return m_text->document()->isModified(); }

    void setText(const QString &text);
    /// Takes all changes back.
    void reset();

Q_SIGNALS:
    /// problem() may have changed.
    void checked();

private:
    void check();

    const QByteArray m_original;
    bool m_isEditable = true;
    QPlainTextEdit *m_text;
    QLabel *m_note;
    QToolButton *m_reset;
    QString m_problem;
};

/// Why `text` is no request's body, with the place; empty: it is one.
QString bodyProblem(const QByteArray &text);

} // namespace lunargate::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/diff_view.h"
#include "ui/forms/form_check.h"

#include <QComboBox>
#include <QDialog>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTimer>

#include <expected>
#include <functional>

namespace lunargate::ui {

/// A form that changes a configuration's text. It shows which lines change and what the gateway says of them, and
/// cannot be accepted while something is wrong. Knows no file: the new text is told by applied().
class FormDialog : public QDialog
{
    Q_OBJECT

public:
    /// What is to be changed.
    struct Subject
    {
        QByteArray text;
        Environment environment; ///< the variables that it may use
        /// Takes the new text, or says why not. Without it whoever hears applied() does.
        std::function<QString(const QString &)> take = {};
    };

    /// `apply` says what the button for it does.
    FormDialog(const QString &title, const QString &apply, Subject subject, QWidget *parent);

    void accept() override;

    /// Whether what is shown follows from what the fields say; it does again soon.
    bool isSettled() const { return !m_typing.isActive(); }

Q_SIGNALS:
    void applied(const QString &text);

protected:
    /// The new text, or what is still to be filled in; empty: nothing is changed yet.
    using Edited = std::expected<QByteArray, QString>;
    virtual Edited edited() const = 0;

    const QByteArray &text() const { return m_subject.text; }
    QFormLayout &fields() { return *m_fields; }
    /// A row with an explanation below the field.
    void addField(const QString &name, QWidget *field, const QString &explanation = {});
    /// A field says something else now; the form follows soon. To be called at the end of the constructor, too.
    void touch() { m_typing.start(); }

private:
    void refresh();

    Subject m_subject;
    FormCheck m_check;
    QFormLayout *m_fields;
    DiffView *m_preview;
    QLabel *m_problem;
    QLabel *m_warning;
    QPushButton *m_apply;
    QTimer m_typing;
    QByteArray m_result; // empty: there is none
};

/// A choice, as high as a line to fill in.
QComboBox *newComboBox(const QString &accessibleName);

/// A line to fill in.
QLineEdit *newLineEdit(const QString &accessibleName, const QString &placeholder = {});

} // namespace lunargate::ui

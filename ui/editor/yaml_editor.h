// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/editor/finding.h"
#include "ui/editor/schema_help.h"
#include "ui/editor/scintilla.h"

#include <QPointer>

namespace lunargate::ui {

/// Edits a YAML text, byte for byte as the user has it, in the colours of the theme. Marks findings, and tells what the
/// schema says of the keys. Large and slow to make: it is made when it is shown first. GUI thread.
class YamlEditor : public QsciScintilla
{
    Q_OBJECT

public:
    /// `schema` outlives it.
    explicit YamlEditor(const SchemaHelp &schema, QWidget *parent = nullptr);

    /// UTF-8, with a byte order mark if it came with one.
    QByteArray contents() const;
    /// Another text; there is no way back to the one before.
    void setContents(const QByteArray &contents);
    /// Another text by one step that can be undone; what is seen and the cursor's line stay where they are.
    void replaceContents(const QByteArray &text);
    /// The same with what has no byte order mark of its own: it stays as it is.
    void replaceText(const QString &text);

    void setFindings(const std::vector<Finding> &findings);
    /// Puts the cursor there and shows it. Both count from 1, columns in characters.
    void goTo(int line, int column);

    /// What was written before the cursor.
    QString textBeforeCursor() const;
    /// Puts `text` in the place of the `characters` before the cursor.
    void replaceBeforeCursor(qsizetype characters, const QString &text);
    /// Below the cursor, in the editor's coordinates.
    QPoint pointBelowCursor() const;
    /// While that is visible, the keys that choose from it are not taken.
    void setPopup(const QWidget *popup) { m_popup = popup; }
    /// Findings and help for what stands there; empty: there is nothing to say. In bytes.
    QString helpAt(long position) const;
    /// Shows helpAt() the cursor.
    void showHelp();

protected:
    void keyPressEvent(QKeyEvent *event) override;
    bool viewportEvent(QEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void setUp();
    void freeKeys();
    void paintInThemesColours();
    /// Takes byte order mark and ends of lines from `text`; the rest of it.
    QByteArray takeForm(const QByteArray &text);
    void mark(const Finding &finding);
    qsizetype lengthAt(int line, int column) const;

    const SchemaHelp &m_schema;
    QsciLexerYAML *m_lexer;
    std::vector<Finding> m_findings;
    QPointer<const QWidget> m_popup;
    bool m_hasByteOrderMark = false;
    bool m_isPainting = false;
};

} // namespace lunargate::ui

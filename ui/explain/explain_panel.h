// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/task_runner.h"
#include "gateway/gateway.h"
#include "ui/explain/explanation_view.h"
#include "ui/explain/pasted_request.h"
#include "ui/theme/icons.h"

#include <QComboBox>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QToolButton>

#include <memory>

namespace lunargate::ui {

/// Takes a request and shows what the running gateway would do with it, and why, without calling anybody. A page, a tab
/// or the content of a dialog. GUI thread.
class ExplainPanel : public QWidget
{
    Q_OBJECT

public:
    explicit ExplainPanel(QWidget *parent = nullptr);

    /// Which one is asked; null: there is none now. It outlives the asking.
    void setGateway(Gateway *gateway);

    /// Shows and explains a request of the history, if its body was kept.
    void explainRecord(const HistoryRecord &record);
    /// Explains what is written there.
    void explain();

Q_SIGNALS:
    /// The answer is shown, or why there is none.
    void explained();

private:
    QWidget *makeQuestion();
    QWidget *makeAnswer();
    void showProblem(const QString &message, QPlainTextEdit *where = nullptr, qsizetype position = -1);
    Task<> ask(ExplainedEndpoint endpoint, QByteArray body, HeaderList headers);
    void present(const ExplainedByGateway &explained);
    void showResult(Glyph glyph, Tone tone, const QString &text);

    Gateway *m_gateway = nullptr;
    QComboBox *m_endpoint;
    QPlainTextEdit *m_request;
    QPlainTextEdit *m_headers;
    QPushButton *m_explain;
    QLabel *m_problem;
    QLabel *m_sign;
    QLabel *m_result;
    QToolButton *m_copy;
    ExplanationView *m_view;
    QByteArray m_text; // of the explanation that is shown
    std::unique_ptr<TaskRunner> m_asking = std::make_unique<TaskRunner>();
};

} // namespace lunargate::ui

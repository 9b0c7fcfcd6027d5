import { CodeBlock } from "#components/ui/code-block.tsx";
import { Text } from "./prose.tsx";

export interface Question {
  id: string;
  question: string;
  answer: string;
  yaml: string | null;
}

/** Questions as real headings: read in one go, found by a search engine, linked one by one. */
export function QuestionList({ questions }: { questions: readonly Question[] }) {
  return (
    <div className="grid gap-6">
      {questions.map(({ id, question, answer, yaml }) => (
        <section key={id} aria-labelledby={id}>
          <h3 id={id}>
            <a href={`#${id}`}>{question}</a>
          </h3>
          <Text>{answer}</Text>
          {yaml !== null && (
            <CodeBlock code={yaml} what={`policy for: ${question}`} title="policy.yaml" />
          )}
        </section>
      ))}
    </div>
  );
}

/** The questions once more, as JSON-LD. */
export function QuestionsForMachines({ questions }: { questions: readonly Question[] }) {
  const data = {
    "@context": "https://schema.org",
    "@type": "FAQPage",
    mainEntity: questions.map(({ question, answer }) => ({
      "@type": "Question",
      name: question,
      acceptedAnswer: { "@type": "Answer", text: answer },
    })),
  };
  // A server's words must not end the script they stand in.
  const json = JSON.stringify(data).replaceAll("<", "\\u003c");
  return (
    // biome-ignore lint/security/noDangerouslySetInnerHtml: data, escaped above; JSON-LD knows no other way
    <script type="application/ld+json" dangerouslySetInnerHTML={{ __html: json }} />
  );
}

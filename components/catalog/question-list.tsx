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
        <section key={id} aria-labelledby={id} className="grid gap-2">
          <h3 id={id} className="scroll-mt-6 font-medium text-base">
            <a href={`#${id}`} className="rounded hover:underline">
              {question}
            </a>
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

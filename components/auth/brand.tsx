/** The mark and the name, as one word to screen readers. */
export function Brand() {
  return (
    <span className="flex items-center gap-2.5 font-semibold text-lg tracking-tight">
      <svg aria-hidden="true" viewBox="0 0 32 32" className="size-6">
        <rect width="32" height="32" rx="7" className="fill-accent-solid" />
        <path
          d="M9 8v16M23 8v16M9 16h8"
          fill="none"
          className="stroke-on-solid"
          strokeWidth="3"
          strokeLinecap="round"
        />
        <circle cx="17.5" cy="16" r="2.5" className="fill-on-solid" />
      </svg>
      Callgate
    </span>
  );
}

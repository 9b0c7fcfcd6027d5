const alt = "The tools of a server, grouped by category, each with its risk class and its rule";

/** The product's tools page; the picture that fits the theme is the one that loads. */
export function Screenshot() {
  return (
    <div className="overflow-hidden rounded border shadow">
      {["light", "dark"].map((theme) => (
        // biome-ignore lint/performance/noImgElement: already in its final size and format
        <img
          key={theme}
          src={`/tools-${theme}.webp`}
          alt={alt}
          width={1280}
          height={800}
          loading="lazy"
          className={`h-auto w-full ${theme === "light" ? "shot-light" : "shot-dark"}`}
        />
      ))}
    </div>
  );
}

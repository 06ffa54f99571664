/** The product's sign: a desk bell. */
export function Mark({ size }: { size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" role="img" aria-label="Frontdesk">
      <rect width="32" height="32" rx="9" fill="#0e6f8c" />
      <path d="M7 21a9 9 0 0 1 18 0Z" fill="#fff" />
      <rect x="5.5" y="22.5" width="21" height="2.6" rx="1.3" fill="#fff" />
      <circle cx="16" cy="9.8" r="1.9" fill="#fff" />
    </svg>
  );
}

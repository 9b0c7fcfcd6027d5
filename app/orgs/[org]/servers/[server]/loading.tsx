import { SkeletonRows } from "#components/ui/skeleton.tsx";

export default function LoadingServer() {
  return <SkeletonRows rows={10} label="Reading the server" />;
}

/** What the settings read and change, as hooks. */
import type { ApiKey, Device, Invitation, Member, Page, Policy, Role } from "@frontdesk/shared";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, post, put, remove } from "../api/http";
import { keys } from "../api/keys";

const AREA = "settings";

function useList<T>(path: string) {
  return useQuery({
    queryKey: [AREA, path],
    queryFn: ({ signal }) => get<Page<T>>(path, signal),
    select: (page) => page.items,
  });
}

export const useMembers = () => useList<Member>("members");
export const useInvitations = () => useList<Invitation>("invitations");
export const useDevices = () => useList<Device>("devices");
export const useApiKeys = () => useList<ApiKey>("api-keys");

export function usePolicy() {
  return useQuery({ queryKey: [AREA, "policies"], queryFn: ({ signal }) => get<Policy>("policies", signal) });
}

/** A change after which the settings are read anew; a new name is one of me, too. */
function useSetting<Body, Answer = unknown>(work: (body: Body) => Promise<Answer>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: work,
    onSettled: () =>
      Promise.all([client.invalidateQueries({ queryKey: [AREA] }), client.invalidateQueries({ queryKey: keys.me })]),
  });
}

export const useSetRole = () =>
  useSetting(({ id, role }: { id: string; role: Role }) => put(`members/${id}/role`, { role }));
export const useDeactivate = () => useSetting((id: string) => post<{ released: number }>(`members/${id}/deactivate`));
export const useReactivate = () => useSetting((id: string) => post(`members/${id}/reactivate`));
export const useInvite = () =>
  useSetting((body: { email: string; role: Role; locale: string }) =>
    post<{ id: string; sent: boolean; connected: boolean }>("invitations", body),
  );
export const useEndInvitation = () => useSetting((id: string) => remove(`invitations/${id}`));
export const useEndDevice = () => useSetting((id: string) => remove(`devices/${id}`));
export const useEndOtherDevices = () => useSetting(() => post<{ count: number }>("devices/end-others"));
export const useSaveProfile = () => useSetting((body: { name: string; locale: string }) => put("me", body));
export const useSavePassword = () => useSetting((body: { old: string; new: string }) => put("me/password", body));
export const useSavePolicy = () => useSetting((policy: Policy) => put<Policy>("policies", policy));
export const useMakeKey = () =>
  useSetting((body: { name: string; role: Role }) => post<{ id: string; api_key: string }>("api-keys", body));
export const useEndKey = () => useSetting((id: string) => remove(`api-keys/${id}`));

// SPDX-License-Identifier: Apache-2.0
import "@xterm/xterm/css/xterm.css";
import { CaretRightOutlined, PauseOutlined } from "@ant-design/icons";
import { Alert, Button, Checkbox, Flex, Select, Slider, Spin, Typography, theme } from "antd";
import { useEffect, useMemo, useReducer, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { useDark } from "../../app/preferences";
import { makeScreen } from "../../pods/terminal_screen";
import { Failure } from "../../ui/Failure";
import { type Cast, parseCast, shorten } from "./cast";
import { CastPlayer } from "./player";

const SPEEDS = [0.5, 1, 2, 4, 8, 16];
const MOST_PAUSE = 2;
/** A page that slept, or was not drawn, does not run ahead. */
const MOST_STEP = 0.5;

/** Minutes and seconds. */
function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** What a node shell showed, played. Reading it is audited: it is read once. */
export function Player({ id }: { id: string }) {
  const { t } = useTranslation("management");
  const query = api.useQuery(
    "get",
    "/api/v1/shell-recordings/{recording}",
    { params: { path: { recording: id } }, parseAs: "text" },
    { staleTime: Infinity, refetchOnWindowFocus: false, retry: false },
  );
  const cast = useMemo(() => (query.data === undefined ? undefined : parseCast(query.data)), [query.data]);
  if (query.error) return <Failure error={query.error} again={() => void query.refetch()} />;
  if (query.data === undefined) return <Spin />;
  if (!cast) return <Alert type="error" showIcon title={t("recording.unreadable")} />;
  return <CastView key={id} cast={cast} />;
}

function CastView({ cast }: { cast: Cast }) {
  const { t } = useTranslation("management");
  const dark = useDark();
  const { token } = theme.useToken();
  const frame = useRef<HTMLDivElement>(null);
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const [quick, setQuick] = useState(true);
  const short = useMemo(() => shorten(cast, MOST_PAUSE), [cast]);
  const [player, setPlayer] = useState<CastPlayer>();
  const [drawn, setDrawn] = useState<ReturnType<typeof makeScreen>>();

  useEffect(() => {
    const made = makeScreen({ readOnly: true, size: cast.size });
    const { screen } = made;
    const plays = new CastPlayer(
      short,
      {
        write: (text) => new Promise((done) => screen.write(text, done)),
        resize: ({ columns, rows }) => screen.resize(columns, rows),
        reset: () => screen.reset(),
      },
      redraw,
    );
    const unmount = frame.current ? made.mount(frame.current) : undefined;
    setDrawn(made);
    setPlayer(plays);
    plays.play();
    let before = performance.now();
    let coming = requestAnimationFrame(function step(now) {
      plays.advance(Math.min((now - before) / 1_000, MOST_STEP));
      before = now;
      coming = requestAnimationFrame(step);
    });
    return () => {
      cancelAnimationFrame(coming);
      unmount?.();
      made.dispose();
    };
  }, [cast, short]);
  useEffect(() => drawn?.look(dark), [drawn, dark]);

  const { at = 0, seconds = 0, playing = false, speed = 1 } = player ?? {};
  const toggle = () => (playing ? player?.pause() : player?.play());
  const word = t(playing ? "recording.pause" : "recording.play");
  return (
    <Flex vertical gap={12} style={{ height: "100%" }}>
      {cast.unread > 0 && <Alert type="warning" showIcon title={t("recording.unread", { count: cast.unread })} />}
      <div
        ref={frame}
        role="region"
        aria-label={t("recording.screen")}
        style={{
          flex: 1,
          minHeight: 0,
          overflow: "auto",
          padding: 8,
          borderRadius: token.borderRadius,
          border: `1px solid ${token.colorBorder}`,
          background: dark ? "#14181c" : "#fbfcfc",
        }}
      />
      <Flex gap={12} align="center" wrap>
        <Button type="primary" aria-label={word} title={word} icon={playing ? <PauseOutlined /> : <CaretRightOutlined />} onClick={toggle} />
        <Slider
          style={{ flex: 1, minWidth: 160 }}
          min={0}
          max={Math.max(seconds, 0.1)}
          step={0.1}
          value={at}
          ariaLabelForHandle={t("recording.position")}
          tooltip={{ formatter: (value) => clock(value ?? 0) }}
          onChange={(to) => void player?.seek(to)}
        />
        <Typography.Text data-position={at.toFixed(1)}>
          {clock(at)} / {clock(seconds)}
        </Typography.Text>
        <Select
          aria-label={t("recording.speed")}
          style={{ width: 90 }}
          value={speed}
          options={SPEEDS.map((value) => ({ value, label: `${value}×` }))}
          onChange={(value) => {
            if (player) player.speed = value;
            redraw();
          }}
        />
        <Checkbox
          checked={quick}
          onChange={({ target }) => {
            setQuick(target.checked);
            player?.retime(target.checked ? short : cast);
          }}
        >
          {t("recording.quick", { count: MOST_PAUSE })}
        </Checkbox>
      </Flex>
    </Flex>
  );
}

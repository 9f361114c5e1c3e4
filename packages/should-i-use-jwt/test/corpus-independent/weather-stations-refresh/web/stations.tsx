import { useEffect, useState } from 'react';
import { api } from './api-client';

interface Station {
  _id: string;
  name: string;
  lastReading?: { celsius: number };
}

export function Stations() {
  const [stations, setStations] = useState<Station[]>([]);

  useEffect(() => {
    api('/stations').then(async (res) => setStations(await res.json()));
  }, []);

  return (
    <ul>
      {stations.map((s) => (
        <li key={s._id}>
          {s.name}: {s.lastReading?.celsius ?? '–'} °C
        </li>
      ))}
    </ul>
  );
}

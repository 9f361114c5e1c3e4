import { Column, Entity, PrimaryColumn } from 'typeorm'

@Entity()
export class RefreshToken {
  @PrimaryColumn()
  hash: string

  @Column()
  userId: string
}

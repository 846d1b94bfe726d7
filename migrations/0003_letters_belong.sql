-- A letter to a person must not be written while that person is erased. The key is not in src/mail/tables.ts because mail
-- lies below people and does not know them.
ALTER TABLE "letters" ADD CONSTRAINT "letters_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;
